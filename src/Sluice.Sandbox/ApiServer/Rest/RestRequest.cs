using Sluice.Sandbox.ApiServer.Resources;

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
        WriteOptionsRules.Check(api, verb);
        DryRun = api.Parameter("dryRun") is not null;
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

    /// <summary>Paths of the fields that stand twice in the body.</summary>
    public List<string> DuplicateFields { get; } = [];

    /// <summary>Whether the body may have numbers that are not in the form in which they are stored.</summary>
    public bool MayHaveDoubles { get; set; }

    /// <summary>Texts for the Warning header.</summary>
    public List<string> Warnings { get; } = [];

    public string StoreNamespace => Namespace ?? "";

    public StatusException NotFound() => ApiStatus.NotFound(Type.Group, Type.Plural, Name ?? "").ToException();

    // "kubectl/v1.32 (linux/amd64)" manages fields as "kubectl".
    private static string UserAgentManager(string userAgent)
    {
        var end = userAgent.IndexOf('/', StringComparison.Ordinal);
        var name = end < 0 ? userAgent : userAgent[..end];
        return name.Length > 0 ? name : "unknown";
    }
}
