using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Kinds;

/// <summary>Kinds that need no more than an answer to the base class's questions.</summary>
internal sealed class PlainRules(
    NameRule names = NameRule.Subdomain, bool createOnUpdate = false, bool unconditional = true, bool returnsDeleted = false, bool generation = false) : KindRules
{
    public override NameRule NameRule => names;

    public override bool AllowsCreateOnUpdate => createOnUpdate;

    public override bool AllowsUnconditionalUpdate => unconditional;

    public override bool ReturnsDeletedObject => returnsDeleted;

    public override bool TracksGeneration => generation;
}

internal sealed class NamespaceRules : KindRules
{
    public override NameRule NameRule => NameRule.Label;

    public override bool ReturnsDeletedObject => true;

    public override void ApplyDefaults(JsonObject value)
    {
        value.Ensure("spec");
        if (value.Name() is { Length: > 0 } name) value.Metadata().Ensure("labels")["kubernetes.io/metadata.name"] = name;
    }

    public override void PrepareForCreate(JsonObject value, RuleContext context)
    {
        value["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        value["status"] = new JsonObject { ["phase"] = "Active" };
    }

    public override void PrepareForUpdate(JsonObject value, JsonObject old) => value.CopyPart(old, "spec");

    /// <summary>A namespace is held by spec.finalizers until its content is gone.</summary>
    public override bool HoldsDeletion(JsonObject value) => value.Object("spec").Has("finalizers");

    public override void MarkDeleting(JsonObject value) => value.Ensure("status")["phase"] = "Terminating";
}

internal sealed class ConfigMapRules : KindRules
{
    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        foreach (var (key, _) in value.Object("data") ?? []) CheckKey(key, "data", errors);
        if (old?.IsTrue("immutable") != true) return;
        if (!value.IsTrue("immutable")) errors.Add(FieldError.Forbidden("immutable", "field is immutable when `immutable` is set"));
        if (!JsonNode.DeepEquals(value["data"], old["data"])) errors.Add(FieldError.Forbidden("data", "field is immutable when `immutable` is set"));
    }

    public static void CheckKey(string key, string field, List<FieldError> errors)
    {
        if (key.Length is > 0 and <= 253 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && key is not ("." or "..")) return;
        errors.Add(FieldError.Invalid($"{field}[{key}]", Names.Quote(key),
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', "
            + "regex used for validation is '[-._a-zA-Z0-9]+')"));
    }
}

internal sealed class SecretRules : KindRules
{
    /// <summary>Folds the write-only stringData into data.</summary>
    public override void ApplyDefaults(JsonObject value)
    {
        value.SetDefault("type", "Opaque");
        if (value["stringData"] is not JsonObject plain) return;
        var data = value.Ensure("data");
        foreach (var (key, text) in plain) data[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text.AsText() ?? ""));
        value.Remove("stringData");
    }

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        foreach (var (key, _) in value.Object("data") ?? []) ConfigMapRules.CheckKey(key, "data", errors);
        if (old is not null && value.String("type") != old.String("type"))
        {
            errors.Add(FieldError.Invalid("type", Names.Quote(value.String("type") ?? ""), "field is immutable"));
        }
    }
}

internal sealed class ServiceRules : KindRules
{
    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    private int _address;

    public override NameRule NameRule => NameRule.ServiceLabel;

    public override bool AllowsCreateOnUpdate => true;

    public override bool ReturnsDeletedObject => true;

    public override void ApplyDefaults(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec.SetDefault("type", "ClusterIP");
        spec.SetDefault("sessionAffinity", "None");
        if (spec.String("type") == "ExternalName") return;
        spec.SetDefault("internalTrafficPolicy", "Cluster");
        spec.SetDefault("ipFamilies", new JsonArray("IPv4"));
        spec.SetDefault("ipFamilyPolicy", "SingleStack");
        foreach (var port in spec.Array("ports")?.OfType<JsonObject>() ?? [])
        {
            port.SetDefault("protocol", "TCP");
            if (port["port"] is { } number) port.SetDefault("targetPort", number.DeepClone());
        }
    }

    public override void PrepareForCreate(JsonObject value, RuleContext context)
    {
        var spec = value.Ensure("spec");
        value["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        if (spec.String("type") == "ExternalName") return;
        if (!spec.Has("clusterIP")) spec["clusterIP"] = NextAddress();
        spec.SetDefault("clusterIPs", new JsonArray(spec.String("clusterIP")));
    }

    public override void PrepareForUpdate(JsonObject value, JsonObject old)
    {
        var (spec, before) = (value.Ensure("spec"), old.Object("spec") ?? []);
        if (!spec.Has("clusterIP")) spec.CopyPart(before, "clusterIP");
        if (!spec.Has("clusterIPs")) spec.CopyPart(before, "clusterIPs");
    }

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var spec = value.Object("spec");
        if (!Types.Contains(spec.String("type")))
        {
            errors.Add(FieldError.NotSupported("spec.type", Names.Quote(spec.String("type") ?? ""), Types.Select(Names.Quote)));
        }

        var headless = spec.String("clusterIP") == "None" || spec.String("type") == "ExternalName";
        if (!spec.Has("ports") && !headless) errors.Add(FieldError.Required("spec.ports"));
        ValidatePorts(spec.Array("ports"), errors);
        if (spec.Object("selector") is { } selector) ObjectMetaRules.ValidateLabels(selector, "spec.selector", errors);
        var before = old?.Object("spec").String("clusterIP");
        if (before is { Length: > 0 } && spec.String("clusterIP") != before)
        {
            errors.Add(FieldError.Invalid("spec.clusterIPs[0]", Names.Quote(spec.String("clusterIP") ?? ""), "may not change once set"));
        }
    }

    private static void ValidatePorts(JsonArray? ports, List<FieldError> errors)
    {
        var seen = new HashSet<(string?, long?)>();
        for (var index = 0; index < (ports?.Count ?? 0); index++)
        {
            var (port, field) = (ports![index], $"spec.ports[{index}]");
            if (ports.Count > 1 && !port.Has("name")) errors.Add(FieldError.Required(field + ".name"));
            if (port.Integer("port") is not (>= 1 and <= 65535))
            {
                errors.Add(FieldError.Invalid(field + ".port", $"{port.Integer("port") ?? 0}", "must be between 1 and 65535, inclusive"));
            }

            if (!seen.Add((port.String("protocol"), port.Integer("port")))) errors.Add(FieldError.Duplicate(field, port!.ToJsonString()));
        }
    }

    // Addresses are never reused: 65,000 services outlast any sandbox.
    private string NextAddress()
    {
        _address++;
        return $"10.96.{_address / 250 % 250}.{(_address % 250) + 1}";
    }
}
