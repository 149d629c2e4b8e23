using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer;

/// <summary>One HTTP answer: a body, or a stream of which the body is made as it goes.</summary>
public sealed record ApiResponse(int StatusCode, string ContentType)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Set on the answer to a watch; whoever sends the answer disposes it.</summary>
    public WatchStream? Watch { get; init; }

    /// <summary>Set on the answer to a request that follows a log.</summary>
    public LogStream? Log { get; init; }

    /// <summary>The body, where it goes on: a watch or a log.</summary>
    public IResponseStream? Stream => (IResponseStream?)Watch ?? Log;

    /// <summary>Values of the Warning header, in full (<c>299 - "text"</c>).</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Value of the Retry-After header, in seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    public static ApiResponse Json(int statusCode, JsonNode body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ApiResponse(statusCode, "application/json") { Body = body.ToUtf8Bytes() };
    }

    public static ApiResponse Text(int statusCode, string text) =>
        new(statusCode, "text/plain; charset=utf-8") { Body = Encoding.UTF8.GetBytes(text) };

    /// <summary>A Status object as the body, with the Retry-After header where its details ask for it.</summary>
    public static ApiResponse Failure(ApiStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return Json(status.Code, status.ToJson()) with { RetryAfterSeconds = status.RetryAfterSeconds };
    }
}
