using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Selectors;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The subresources of pods: log, eviction and binding.</summary>
internal sealed class PodEndpoint(ObjectStore store, ObjectWriter writer, ObjectRemover remover, PodLogs logs, TimeProvider time)
{
    public ApiResponse ReadLog(RestRequest rest)
    {
        var container = Container(rest, Find(rest));
        var text = logs.Read(rest.StoreNamespace, rest.Name!, container);
        if (int.TryParse(rest.Api.Parameter("tailLines"), NumberStyles.None, CultureInfo.InvariantCulture, out var lines)) text = PodLogs.Tail(text, lines);
        if (int.TryParse(rest.Api.Parameter("limitBytes"), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && text.Length > limit) text = text[..limit];
        return ApiResponse.Text(200, text);
    }

    public ApiResponse WriteLog(RestRequest rest)
    {
        logs.Write(rest.StoreNamespace, rest.Name!, Container(rest, Find(rest)), Encoding.UTF8.GetString(rest.Api.Body.Span));
        return Success(200);
    }

    /// <summary>Deletes the pod, unless a disruption budget that selects it allows no disruption now.</summary>
    public ApiResponse Evict(RestRequest rest)
    {
        var pod = Find(rest);
        var body = ObjectDecoder.Parse(rest, rest.Api.Body);
        var options = body.Object("deleteOptions");
        if (BlockingBudget(pod) is { } budget)
        {
            throw new ApiStatus(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
            {
                Causes = [new FieldError("DisruptionBudget", "", $"The disruption budget {budget} does not allow evictions now")],
            }.ToException();
        }

        remover.Delete(rest, pod, new DeleteOptions(
            options.Object("preconditions").String("uid"), null, options.String("propagationPolicy"), options.Integer("gracePeriodSeconds"), rest.DryRun));
        return Success(201);
    }

    /// <summary>Assigns the pod to a node, once.</summary>
    public ApiResponse Bind(RestRequest rest)
    {
        var stored = Find(rest);
        var node = ObjectDecoder.Parse(rest, rest.Api.Body).Object("target").String("name") ?? "";
        if (node.Length == 0)
        {
            throw ApiStatus.Invalid("", "Binding", rest.Name!, [FieldError.Required("target.name")]).ToException();
        }

        if (stored.Value.Object("spec").String("nodeName") is { Length: > 0 } assigned)
        {
            throw ApiStatus.Conflict("", "pods/binding", rest.Name!, $"pod {rest.Name} is already assigned to node \"{assigned}\"").ToException();
        }

        var pod = stored.Value.Copy();
        pod.Ensure("spec")["nodeName"] = node;
        var conditions = pod.Ensure("status").Array("conditions") ?? [];
        pod.Ensure("status")["conditions"] = new JsonArray([.. conditions.Where(c => c.String("type") != "PodScheduled").Select(c => c!.DeepClone()), Scheduled()]);
        writer.Bind(rest, stored, pod);
        return Success(201);
    }

    private static StoredObject Find(RestRequest rest) => rest.Type.Store.Find(rest.StoreNamespace, rest.Name!) ?? throw rest.NotFound();

    private static string Container(RestRequest rest, StoredObject pod)
    {
        var spec = pod.Value.Object("spec");
        var names = (spec.Array("initContainers") ?? []).Concat(spec.Array("containers") ?? []).Select(c => c.String("name") ?? "").ToList();
        var asked = rest.Api.Parameter("container") ?? spec.Array("containers")?.FirstOrDefault().String("name") ?? "";
        return names.Contains(asked)
            ? asked
            : throw ApiStatus.BadRequest($"container {asked} is not valid for pod {rest.Name}").ToException();
    }

    private string? BlockingBudget(StoredObject pod) => store.Resource("poddisruptionbudgets.policy").List(pod.Namespace)
        .Where(budget => budget.Value.Object("spec").Object("selector") is { } selector && LabelSelector.FromSpec(selector).Matches(pod.Value))
        .FirstOrDefault(budget => budget.Value.Object("status").Integer("disruptionsAllowed") is null or 0)?.Name;

    private JsonObject Scheduled() => new()
    {
        ["type"] = "PodScheduled",
        ["status"] = "True",
        ["lastProbeTime"] = null,
        ["lastTransitionTime"] = Timestamps.Seconds(time.GetUtcNow()),
    };

    private static ApiResponse Success(int code) => ApiResponse.Json(code, new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["code"] = code,
    });
}
