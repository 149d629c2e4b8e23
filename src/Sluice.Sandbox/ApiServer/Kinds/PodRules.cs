using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models.PodSpecs;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Kinds;

internal sealed class PodRules : KindRules
{
    private const string UpdateForbidden =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public override bool TracksGeneration => true;

    public override bool ReturnsDeletedObject => true;

    public override string? Undecodable(JsonObject value) => PodSpecValidation.UndecodableQuantities(value.Object("spec"));

    public override void ApplyDefaults(JsonObject value)
    {
        var spec = value.Ensure("spec");
        PodSpecDefaults.Apply(spec);
        PodSpecDefaults.RequestLimits(spec);
        spec.SetDefault("enableServiceLinks", true);
        spec.SetDefault("preemptionPolicy", "PreemptLowerPriority");
        spec.SetDefault("priority", 0);
        spec.SetDefault("serviceAccountName", "default");
        spec.SetDefault("serviceAccount", spec.String("serviceAccountName") ?? "default");
        if (!spec.Has("tolerations")) spec["tolerations"] = new JsonArray(Toleration("not-ready"), Toleration("unreachable"));
    }

    public override void PrepareForCreate(JsonObject value, RuleContext context) =>
        value["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService(value.Object("spec")) };

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        new PodSpecValidation(errors).Validate(value.Object("spec"), "spec");
        if (old?.Object("spec") is { } before && !JsonNode.DeepEquals(Fixed(value.Object("spec")!), Fixed(before)))
        {
            errors.Add(FieldError.Forbidden("spec", UpdateForbidden));
        }
    }

    /// <summary>A pod that never reached a node, or has finished, has nothing to end gracefully.</summary>
    public override long GracePeriodSeconds(JsonObject value, long? requested)
    {
        var spec = value.Object("spec");
        if (!spec.Has("nodeName") || value.Object("status").String("phase") is "Succeeded" or "Failed") return 0;
        var grace = requested ?? spec.Integer("terminationGracePeriodSeconds") ?? 30;
        return grace < 0 ? 1 : grace;
    }

    private static JsonObject Toleration(string condition) => new()
    {
        ["key"] = $"node.kubernetes.io/{condition}",
        ["operator"] = "Exists",
        ["effect"] = "NoExecute",
        ["tolerationSeconds"] = 300,
    };

    // What of a spec an update must leave alone.
    private static JsonObject Fixed(JsonObject spec)
    {
        var copy = spec.Copy();
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            foreach (var container in copy.Array(list)?.OfType<JsonObject>() ?? []) container.Remove("image");
        }

        foreach (var free in (ReadOnlySpan<string>)["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"]) copy.Remove(free);
        return copy;
    }

    private static string QualityOfService(JsonObject? spec)
    {
        var resources = (spec.Array("containers") ?? []).Select(container => container.Object("resources")).ToList();
        if (resources.TrueForAll(r => !r.Has("requests") && !r.Has("limits"))) return "BestEffort";
        var guaranteed = resources.TrueForAll(r =>
            r.Object("limits").Has("cpu") && r.Object("limits").Has("memory") && JsonNode.DeepEquals(r?["limits"], r?["requests"]));
        return guaranteed ? "Guaranteed" : "Burstable";
    }
}
