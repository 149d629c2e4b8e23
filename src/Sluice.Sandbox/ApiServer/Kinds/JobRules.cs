using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models.PodSpecs;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Kinds;

internal sealed class JobRules : KindRules
{
    public override bool TracksGeneration => true;

    public override string? Undecodable(JsonObject value) =>
        PodSpecValidation.UndecodableQuantities(value.Object("spec").Object("template").Object("spec"));

    public override void ApplyDefaults(JsonObject value)
    {
        ApplySpecDefaults(value.Ensure("spec"));
        PodSpecDefaults.ApplyToTemplate(value);
    }

    public static void ApplySpecDefaults(JsonObject spec)
    {
        // One pod, once, unless either is said: completions alone leave parallelism at 1, parallelism alone is a work queue.
        if (!spec.ContainsKey("completions") && !spec.ContainsKey("parallelism")) spec["completions"] = 1;
        spec.SetDefault("parallelism", 1);
        spec.SetDefault("backoffLimit", 6);
        spec.SetDefault("completionMode", "NonIndexed");
        spec.SetDefault("suspend", false);
        spec.SetDefault("podReplacementPolicy", "TerminatingOrFailed");
    }

    /// <summary>Labels the pods with the Job's own UID, so that no other Job's pods are ever counted.</summary>
    public override void PrepareForCreate(JsonObject value, RuleContext context)
    {
        var spec = value.Ensure("spec");
        if (spec.IsTrue("manualSelector") || spec.Object("template") is not { } template) return;
        var (uid, name) = (value.Metadata().String("uid")!, value.Name());
        var labels = template.Metadata().Ensure("labels");
        labels["controller-uid"] = uid;
        labels["job-name"] = name;
        labels["batch.kubernetes.io/controller-uid"] = uid;
        labels["batch.kubernetes.io/job-name"] = name;
        spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid } };
    }

    public override void PrepareForUpdate(JsonObject value, JsonObject old)
    {
        // What was generated comes back when a client applies the manifest that never named it.
        var (spec, before) = (value.Ensure("spec"), old.Object("spec"));
        if (!spec.ContainsKey("selector")) spec.CopyPart(before ?? [], "selector");
        if (before.Object("template").Object("metadata").Object("labels") is not { } kept || spec.Object("template") is not { } template) return;
        foreach (var (key, label) in kept)
        {
            if (key is "controller-uid" or "job-name" || key.StartsWith("batch.kubernetes.io/", StringComparison.Ordinal))
            {
                template.Metadata().Ensure("labels").SetDefault(key, label!.DeepClone());
            }
        }
    }

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var spec = value.Object("spec");
        ValidateSpec(spec, "spec", errors);
        if (old?.Object("spec") is not { } before) return;
        Immutable(spec, before, "selector", errors);
        if (!before.IsTrue("suspend")) Immutable(spec, before, "template", errors);
        if (spec.String("completionMode") != "Indexed") Immutable(spec, before, "completions", errors);
        Immutable(spec, before, "completionMode", errors);
    }

    public static void ValidateSpec(JsonObject? spec, string path, List<FieldError> errors)
    {
        foreach (var key in (ReadOnlySpan<string>)["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"])
        {
            if (spec.Integer(key) is { } number and < 0) errors.Add(FieldError.Invalid($"{path}.{key}", $"{number}", "must be greater than or equal to 0"));
        }

        new TemplateValidation(errors).Validate(spec.Object("template"), $"{path}.template");
        if (spec.Object("template").Object("spec").String("restartPolicy") is not ("OnFailure" or "Never"))
        {
            errors.Add(FieldError.Required($"{path}.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""));
        }
    }

    private static void Immutable(JsonObject? spec, JsonObject old, string key, List<FieldError> errors)
    {
        if (!JsonNode.DeepEquals(spec?[key], old[key])) errors.Add(FieldError.Invalid($"spec.{key}", spec?[key]?.ToJsonString() ?? "null", "field is immutable"));
    }
}

internal sealed class CronJobRules : KindRules
{
    public override bool TracksGeneration => true;

    public override void ApplyDefaults(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec.SetDefault("concurrencyPolicy", "Allow");
        spec.SetDefault("suspend", false);
        spec.SetDefault("successfulJobsHistoryLimit", 3);
        spec.SetDefault("failedJobsHistoryLimit", 1);
        if (spec.Object("jobTemplate").Object("spec") is not { } job) return;
        if (job.Object("template").Object("spec") is { } podSpec) PodSpecDefaults.Apply(podSpec);
    }

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var spec = value.Object("spec");
        if (!spec.Has("schedule")) errors.Add(FieldError.Required("spec.schedule"));
        else if (spec.String("schedule")!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length != 5 && !spec.String("schedule")!.StartsWith('@'))
        {
            errors.Add(FieldError.Invalid("spec.schedule", Names.Quote(spec.String("schedule")!), "expected exactly 5 fields"));
        }

        JobRules.ValidateSpec(spec.Object("jobTemplate").Object("spec"), "spec.jobTemplate.spec", errors);
    }
}
