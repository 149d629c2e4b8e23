using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models.PodSpecs;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Selectors;

namespace Sluice.Sandbox.ApiServer.Kinds;

/// <summary>What ReplicaSets, Deployments, StatefulSets and DaemonSets have in common: replicas, a selector, a template that runs for ever.</summary>
internal abstract class WorkloadRules : KindRules
{
    public override bool TracksGeneration => true;

    public override string? Undecodable(JsonObject value) =>
        PodSpecValidation.UndecodableQuantities(value.Object("spec").Object("template").Object("spec"));

    public override void ApplyDefaults(JsonObject value)
    {
        ApplySpecDefaults(value.Ensure("spec"));
        PodSpecDefaults.ApplyToTemplate(value);
    }

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var spec = value.Object("spec");
        NotNegative(spec, "replicas", errors);
        NotNegative(spec, "minReadySeconds", errors);
        NotNegative(spec, "revisionHistoryLimit", errors);
        ValidateSelector(spec, errors);
        ValidateSpec(spec!, old?.Object("spec"), errors);
        new TemplateValidation(errors).Validate(spec.Object("template"), "spec.template");
        if (spec.Object("template").Object("spec").String("restartPolicy") is { } policy and not "Always" && spec.Object("template").Object("spec").Has("containers"))
        {
            errors.Add(FieldError.NotSupported("spec.template.spec.restartPolicy", Names.Quote(policy), ["\"Always\""]));
        }

        if (old is not null) Immutable(spec, old.Object("spec"), "selector", "spec.selector", errors);
    }

    protected abstract void ApplySpecDefaults(JsonObject spec);

    protected virtual void ValidateSpec(JsonObject spec, JsonObject? old, List<FieldError> errors)
    {
    }

    protected static void NotNegative(JsonObject? spec, string key, List<FieldError> errors)
    {
        if (spec.Integer(key) is { } value and < 0) errors.Add(FieldError.Invalid($"spec.{key}", $"{value}", "must be greater than or equal to 0"));
    }

    protected static void Immutable(JsonObject? spec, JsonObject? old, string key, string field, List<FieldError> errors)
    {
        if (!JsonNode.DeepEquals(spec?[key], old?[key])) errors.Add(FieldError.Invalid(field, spec?[key]?.ToJsonString() ?? "null", "field is immutable"));
    }

    private void ValidateSelector(JsonObject? spec, List<FieldError> errors)
    {
        if (spec.Object("selector") is not { } selector)
        {
            errors.Add(FieldError.Required("spec.selector"));
            return;
        }

        if (selector.Object("matchLabels") is { } labels) ObjectMetaRules.ValidateLabels(labels, "spec.selector.matchLabels", errors);
        if (!selector.Has("matchLabels") && !selector.Has("matchExpressions"))
        {
            errors.Add(FieldError.Invalid("spec.selector", selector.ToJsonString(), $"empty selector is invalid for {Noun}"));
            return;
        }

        var template = spec.Object("template").Object("metadata").Object("labels");
        if (LabelSelector.FromSpec(selector).MatchesLabels(template)) return;
        errors.Add(FieldError.Invalid("spec.template.metadata.labels", template?.ToJsonString() ?? "null", "`selector` does not match template `labels`"));
    }

    /// <summary>The kind as its messages call it.</summary>
    protected abstract string Noun { get; }
}

internal sealed class TemplateValidation(List<FieldError> errors)
{
    public void Validate(JsonObject? template, string path)
    {
        if (template is null)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        ObjectMetaRules.ValidateLabels(template.Object("metadata").Object("labels"), $"{path}.metadata.labels", errors);
        foreach (var (key, _) in template.Object("metadata").Object("annotations") ?? [])
        {
            errors.AddRange(Names.QualifiedName(key.ToLowerInvariant())
                .Select(detail => FieldError.Invalid($"{path}.metadata.annotations", Names.Quote(key), detail)));
        }

        new PodSpecValidation(errors).Validate(template.Object("spec"), $"{path}.spec");
    }
}

internal sealed class ReplicaSetRules : WorkloadRules
{
    protected override string Noun => "deployment";

    public override void PrepareForCreate(JsonObject value, RuleContext context) => value["status"] = new JsonObject { ["replicas"] = 0 };

    protected override void ApplySpecDefaults(JsonObject spec) => spec.SetDefault("replicas", 1);
}

internal sealed class DeploymentRules : WorkloadRules
{
    protected override string Noun => "deployment";

    protected override void ApplySpecDefaults(JsonObject spec)
    {
        spec.SetDefault("replicas", 1);
        spec.SetDefault("revisionHistoryLimit", 10);
        spec.SetDefault("progressDeadlineSeconds", 600);
        var strategy = spec.Ensure("strategy");
        strategy.SetDefault("type", "RollingUpdate");
        if (strategy.String("type") != "RollingUpdate") return;
        strategy.Ensure("rollingUpdate").SetDefault("maxUnavailable", "25%");
        strategy.Ensure("rollingUpdate").SetDefault("maxSurge", "25%");
    }

    protected override void ValidateSpec(JsonObject spec, JsonObject? old, List<FieldError> errors)
    {
        var strategy = spec.Object("strategy");
        if (strategy.String("type") is not ("RollingUpdate" or "Recreate"))
        {
            errors.Add(FieldError.NotSupported("spec.strategy.type", Names.Quote(strategy.String("type") ?? ""), ["\"Recreate\"", "\"RollingUpdate\""]));
        }
        else if (strategy.String("type") == "Recreate" && strategy.Has("rollingUpdate"))
        {
            errors.Add(FieldError.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
        }

        if (spec.Integer("progressDeadlineSeconds") <= (spec.Integer("minReadySeconds") ?? 0))
        {
            errors.Add(FieldError.Invalid(
                "spec.progressDeadlineSeconds", $"{spec.Integer("progressDeadlineSeconds")}", "must be greater than minReadySeconds"));
        }
    }
}

internal sealed class StatefulSetRules : WorkloadRules
{
    protected override string Noun => "statefulset";

    public override void PrepareForCreate(JsonObject value, RuleContext context) => value["status"] = new JsonObject { ["replicas"] = 0 };

    protected override void ApplySpecDefaults(JsonObject spec)
    {
        spec.SetDefault("replicas", 1);
        spec.SetDefault("revisionHistoryLimit", 10);
        spec.SetDefault("podManagementPolicy", "OrderedReady");
        var strategy = spec.Ensure("updateStrategy");
        strategy.SetDefault("type", "RollingUpdate");
        if (strategy.String("type") == "RollingUpdate") strategy.Ensure("rollingUpdate").SetDefault("partition", 0);
        var retention = spec.Ensure("persistentVolumeClaimRetentionPolicy");
        retention.SetDefault("whenDeleted", "Retain");
        retention.SetDefault("whenScaled", "Retain");
    }
}

internal sealed class DaemonSetRules : WorkloadRules
{
    protected override string Noun => "daemonset";

    protected override void ApplySpecDefaults(JsonObject spec)
    {
        spec.SetDefault("revisionHistoryLimit", 10);
        var strategy = spec.Ensure("updateStrategy");
        strategy.SetDefault("type", "RollingUpdate");
        if (strategy.String("type") != "RollingUpdate") return;
        strategy.Ensure("rollingUpdate").SetDefault("maxUnavailable", 1);
        strategy.Ensure("rollingUpdate").SetDefault("maxSurge", 0);
    }
}
