using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer;

/// <summary>A failure as Kubernetes reports it: the Status kind. Code is the HTTP status; some failures have no reason.</summary>
public sealed record ApiStatus(int Code, string? Reason, string Message)
{
    /// <summary>Whether the answer carries <c>details</c> at all; some failures carry an empty one.</summary>
    public bool HasDetails { get; init; } = true;

    public string? Name { get; init; }

    public string? Group { get; init; }

    public string? Kind { get; init; }

    public string? Uid { get; init; }

    internal IReadOnlyList<FieldError> Causes { get; init; } = [];

    public int? RetryAfterSeconds { get; init; }

    public static ApiStatus BadRequest(string message) => new(400, "BadRequest", message) { HasDetails = false };

    public static ApiStatus MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiStatus NoSuchResource() => new(404, "NotFound", "the server could not find the requested resource");

    /// <summary>What a throttled client gets; for fault injection.</summary>
    public static ApiStatus TooManyRequests(int retryAfterSeconds) =>
        new(429, "TooManyRequests", "the server has received too many requests and has asked us to try again later")
        {
            RetryAfterSeconds = retryAfterSeconds,
        };

    /// <summary>What a failing server answers; for fault injection.</summary>
    public static ApiStatus InternalError(string message) => new(500, "InternalError", "Internal error occurred: " + message)
    {
        Causes = [new FieldError("", "", message)],
    };

    /// <summary>The answer to a write or a list at a version that is no longer known.</summary>
    public static ApiStatus Expired(string message) => new(410, "Expired", message) { HasDetails = false };

    internal static ApiStatus NotFound(string group, string resource, string name) =>
        new(404, "NotFound", $"{Qualified(resource, group)} \"{name}\" not found") { Group = group, Kind = resource, Name = name };

    internal static ApiStatus Conflict(string group, string resource, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {Qualified(resource, group)} \"{name}\": {why}")
        {
            Group = group,
            Kind = resource,
            Name = name,
        };

    internal static ApiStatus Modified(string group, string resource, string name) => Conflict(
        group, resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    internal static ApiStatus Forbidden(string group, string resource, string name, string why) =>
        new(403, "Forbidden", $"{Qualified(resource, group)} \"{name}\" is forbidden: {why}")
        {
            Group = group,
            Kind = resource,
            Name = name,
        };

    internal static ApiStatus Invalid(string group, string kind, string name, IReadOnlyList<FieldError> causes)
    {
        // The message lists equal errors once, the causes every time.
        var texts = causes.Select(cause => $"{cause.Field}: {cause.Message}").Distinct().ToList();
        var list = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        return new ApiStatus(422, "Invalid", $"{Qualified(kind, group)} \"{name}\" is invalid: {list}")
        {
            Group = group,
            Kind = kind,
            Name = name,
            Causes = causes,
        };
    }

    internal StatusException ToException() => new(this);

    internal JsonObject ToJson()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason is not null) status["reason"] = Reason;
        if (HasDetails) status["details"] = Details();
        status["code"] = Code;
        return status;
    }

    private static string Qualified(string name, string group) => group.Length == 0 ? name : $"{name}.{group}";

    private JsonObject Details()
    {
        var details = new JsonObject();
        Put(details, "name", Name);
        Put(details, "group", Group);
        Put(details, "kind", Kind);
        Put(details, "uid", Uid);
        if (Causes.Count > 0) details["causes"] = new JsonArray([.. Causes.Select(CauseJson)]);
        if (RetryAfterSeconds is { } seconds) details["retryAfterSeconds"] = seconds;
        return details;
    }

    private static JsonNode CauseJson(FieldError cause)
    {
        var json = new JsonObject();
        Put(json, "reason", cause.Reason);
        Put(json, "message", cause.Message);
        Put(json, "field", cause.Field);
        return json;
    }

    private static void Put(JsonObject target, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) target[name] = value;
    }
}

/// <summary>Ends the handling of a request with a failure.</summary>
public sealed class StatusException(ApiStatus status) : Exception(status?.Message)
{
    public ApiStatus Status { get; } = status ?? throw new ArgumentNullException(nameof(status));
}
