using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>How unknown fields are met.</summary>
internal enum FieldValidation
{
    Warn,
    Ignore,
    Strict,
}

/// <summary>A request for a resource, its parameters read, and the warnings gathered on the way.</summary>
internal sealed class RestRequest
{
    public RestRequest(ApiRequest api, ResourceType type, RequestPath path, string verb)
    {
        (Api, Type, Verb) = (api, type, verb);
        (Namespace, Name, Subresource) = (path.Namespace, path.Name, path.Subresource);
        DryRun = ReadDryRun(api, verb);
        FieldValidation = api.Parameter("fieldValidation") switch
        {
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            _ => FieldValidation.Warn,
        };
        FieldManager = api.Parameter("fieldManager") ?? UserAgentManager(api.UserAgent);
    }

    public ApiRequest Api { get; }

    public ResourceType Type { get; }

    public string Verb { get; }

    public string? Namespace { get; }

    public string? Name { get; }

    public string? Subresource { get; }

    public bool DryRun { get; }

    public FieldValidation FieldValidation { get; }

    public string FieldManager { get; }

    /// <summary>Texts for the Warning header.</summary>
    public List<string> Warnings { get; } = [];

    public string StoreNamespace => Namespace ?? "";

    public StatusException NotFound() => ApiStatus.NotFound(Type.Group, Type.Plural, Name ?? "").ToException();

    private static bool ReadDryRun(ApiRequest api, string verb)
    {
        if (api.Parameter("dryRun") is not { } given) return false;
        if (given == "All") return true;
        var options = verb switch
        {
            "create" => "CreateOptions",
            "update" => "UpdateOptions",
            "patch" or "apply" => "PatchOptions",
            _ => "DeleteOptions",
        };
        throw ApiStatus.Invalid("meta.k8s.io", options, "", [FieldError.NotSupported("dryRun", $"[{Names.Quote(given)}]", ["\"All\""])]).ToException();
    }

    // "kubectl/v1.32 (linux/amd64)" manages fields as "kubectl".
    private static string UserAgentManager(string userAgent)
    {
        var end = userAgent.IndexOf('/', StringComparison.Ordinal);
        var name = end < 0 ? userAgent : userAgent[..end];
        return name.Length > 0 ? name : "unknown";
    }
}
