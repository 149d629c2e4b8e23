using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Engine.Jobs;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Checks;

/// <summary>The Jobs of checks: the pod that the plan asks for, told what it checks.</summary>
internal static class CheckJobs
{
    /// <param name="pass">The present look.</param>
    /// <param name="plan">The plan of the release.</param>
    /// <param name="release">The release.</param>
    /// <param name="index">Index of the step.</param>
    /// <param name="check">The check, one of that step's.</param>
    public static V1Job Build(Pass pass, ReleasePlan plan, ReleaseProgress release, int index, CheckPlan check)
    {
        var own = new Dictionary<string, string>
        {
            [Labels.Checks] = pass.Name,
            [Labels.Check] = check.Name,
            [Labels.Release] = release.Name,
            [Labels.Attempt] = "1",
        };
        var metadata = new V1ObjectMeta
        {
            Name = ObjectNames.CheckJob(release.Name, release.StartedAt, index + 1, check.Name),
            Namespace = pass.Rollout.Metadata.Namespace,
            Labels = own,
            Annotations = new Dictionary<string, string> { [Annotations.LogTail] = check.KeepsLog ? "true" : "false" },
            OwnerReferences = [V1OwnerReference.ToController(ApiGroup.ApiVersion, Rollout.KindName, pass.Rollout.Metadata)],
        };
        var labels = new Dictionary<string, string>(check.Template.Metadata.Labels ?? own);
        foreach (var (key, value) in own) labels[key] = value;
        var step = (PlanStep.Checks)plan.Steps[index];
        return OneShotJob.Build(
            metadata, Finalizers.CheckResult, step.Timeout, labels, check.Template.Metadata.Annotations ?? new Dictionary<string, string>(), PodSpec(check.Template, EnvironmentOf(pass, plan, release, index)));
    }

    private static JsonObject PodSpec(PodTemplate template, List<(string Name, string Value)> environment)
    {
        var spec = (JsonObject)JsonNode.Parse(template.Spec!.Value.GetRawText(), documentOptions: JsonDepth.Reading)!;
        spec["restartPolicy"] = "Never";
        foreach (var container in new[] { spec["initContainers"], spec["containers"] }.OfType<JsonArray>().SelectMany(list => list).OfType<JsonObject>()) AddTo(container, environment);
        return spec;
    }

    /// <summary>Behind the container's own variables, which so keep their places in what the API server says of them, and their values.</summary>
    private static void AddTo(JsonObject container, List<(string Name, string Value)> environment)
    {
        if (container["env"] is not (null or JsonArray)) return;

        var env = (JsonArray?)container["env"] ?? [];
        container["env"] ??= env;
        var taken = env.OfType<JsonObject>().Select(variable => variable["name"]?.ToString()).ToHashSet();
        foreach (var (name, value) in environment.Where(variable => !taken.Contains(variable.Name))) env.Add(new JsonObject { ["name"] = name, ["value"] = value });
    }

    private static List<(string Name, string Value)> EnvironmentOf(Pass pass, ReleasePlan plan, ReleaseProgress release, int index)
    {
        List<(string, string?)> all =
        [
            ("SLUICE_ROLLOUT", pass.Name),
            ("SLUICE_NAMESPACE", pass.Rollout.Metadata.Namespace),
            ("SLUICE_RELEASE", release.Name),
            ("SLUICE_REVISION", release.Revision),
            ("SLUICE_STABLE_REVISION", release.PreviousRevision),
            ("SLUICE_WEIGHT", $"{plan.WeightAt(index)}"),
            ("SLUICE_CANARY_SERVICE", plan.Traffic?.Canary.Service),
            ("SLUICE_STABLE_SERVICE", plan.Traffic?.Stable.Service),
        ];
        return [.. all.Where(variable => variable.Item2 is not null).Select(variable => (variable.Item1, variable.Item2!))];
    }
}
