using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>An answer to a request of a transcript.</summary>
/// <param name="Warning">All Warning headers, joined; null where there is none.</param>
/// <param name="Body">JSON, or a string for what is not JSON.</param>
internal sealed record TranscriptAnswer(int Status, string ContentType, string? Warning, JsonNode? Body)
{
    /// <summary>The events of a watch that was opened; null for any other answer.</summary>
    public JsonArray? Events { get; init; }

    /// <summary>Value of the Retry-After header.</summary>
    public string? RetryAfter { get; init; }

    public static JsonNode? ParseBody(string contentType, string text) =>
        contentType.StartsWith("application/json", StringComparison.Ordinal) && text.Length > 0 ? JsonNode.Parse(text) : JsonValue.Create(text);

    /// <summary>The answer as transcripts hold it.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["status"] = Status, ["contentType"] = ContentType };
        if (Warning is not null) json["warning"] = Warning;
        if (RetryAfter is not null) json["retryAfter"] = RetryAfter;
        if (Events is not null) json["events"] = Events.DeepClone();
        else json["body"] = Body?.DeepClone();
        return json;
    }
}
