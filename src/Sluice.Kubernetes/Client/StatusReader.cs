using System.Net;
using System.Text;
using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>Turns an answer that is no success, or the lack of any answer, into the one exception of the client.</summary>
internal static class StatusReader
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxQuotedCharacters = 512;

    public static async Task<KubernetesException> ReadFailureAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken ct)
    {
        var body = await ReadStartAsync(response, ct);
        var status = Parse(body) ?? new V1Status { Message = Quote(response.StatusCode, body) };
        return new KubernetesException(Complete(status, response, now));
    }

    /// <summary>No answer came: whether the request took effect is not known.</summary>
    public static KubernetesException NoAnswer(string reason, string message, Exception? cause) =>
        new(new V1Status { Status = "Failure", Reason = reason, Message = message }, cause);

    /// <summary>An answer came that cannot be understood.</summary>
    public static KubernetesException Undecodable(HttpStatusCode code, Exception cause) =>
        new(new V1Status { Status = "Failure", Reason = "Undecodable", Code = (int)code, Message = $"the API server's answer could not be read: {cause.Message}" }, cause);

    /// <summary>True when the answer says that this very object does not exist, rather than its kind or the path.</summary>
    public static bool SaysMissing(KubernetesException error, string name) =>
        error.IsNotFound && error.Reason == "NotFound" && error.Status.Details?.Name == name;

    private static async Task<byte[]> ReadStartAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            var buffer = new byte[MaxBodyBytes];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
            return buffer[..length];
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            // The code alone says enough; the explanation was cut off.
            return [];
        }
    }

    private static V1Status? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var status = JsonSerializer.Deserialize(body, ModelsJsonContext.Default.V1Status);
            return status?.Kind == "Status" ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static V1Status Complete(V1Status status, HttpResponseMessage response, DateTimeOffset now)
    {
        var details = RetryAfterSeconds(response, now) is { } seconds
            ? (status.Details ?? new V1StatusDetails()) with { RetryAfterSeconds = seconds }
            : status.Details;
        return status with
        {
            Status = "Failure",
            Code = (int)response.StatusCode,
            Reason = status.Reason ?? ReasonOf(response.StatusCode),
            Details = details,
        };
    }

    private static int? RetryAfterSeconds(HttpResponseMessage response, DateTimeOffset now)
    {
        var header = response.Headers.RetryAfter;
        var delay = header?.Delta ?? (header?.Date - now);
        return delay is { } wait ? (int)Math.Ceiling(Math.Clamp(wait.TotalSeconds, 0, int.MaxValue)) : null;
    }

    /// <summary>The reason words of Kubernetes for the codes that proxies answer as well.</summary>
    private static string ReasonOf(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => "BadRequest",
        HttpStatusCode.Unauthorized => "Unauthorized",
        HttpStatusCode.Forbidden => "Forbidden",
        HttpStatusCode.NotFound => "NotFound",
        HttpStatusCode.MethodNotAllowed => "MethodNotAllowed",
        HttpStatusCode.NotAcceptable => "NotAcceptable",
        HttpStatusCode.Conflict => "Conflict",
        HttpStatusCode.Gone => "Expired",
        HttpStatusCode.RequestEntityTooLarge => "RequestEntityTooLarge",
        HttpStatusCode.UnsupportedMediaType => "UnsupportedMediaType",
        HttpStatusCode.UnprocessableEntity => "Invalid",
        HttpStatusCode.TooManyRequests => "TooManyRequests",
        HttpStatusCode.InternalServerError => "InternalError",
        HttpStatusCode.ServiceUnavailable => "ServiceUnavailable",
        HttpStatusCode.GatewayTimeout => "Timeout",
        _ => "Unknown",
    };

    private static string Quote(HttpStatusCode code, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var printable = new string([.. text.Take(MaxQuotedCharacters).Select(character => char.IsControl(character) ? ' ' : character)]).Trim();
        return printable.Length == 0 ? $"the API server answered {(int)code}" : $"the API server answered {(int)code}: {printable}";
    }
}
