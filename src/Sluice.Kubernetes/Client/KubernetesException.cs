using System.Net;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>The one exception of the client: what the API server answered, or why no answer came.</summary>
public sealed class KubernetesException : Exception
{
    public KubernetesException(V1Status status, Exception? innerException = null)
        : base(status.Message ?? status.Reason ?? "the API server refused the request", innerException)
    {
        Status = status;
    }

    public V1Status Status { get; }

    /// <summary>The HTTP status code; 0 when no answer came (refused, timed out, cut off).</summary>
    public int Code => Status.Code ?? 0;

    public string Reason => Status.Reason ?? "";

    /// <summary>The machine-readable causes of a 422.</summary>
    public IReadOnlyList<V1StatusCause> Causes => Status.Details?.Causes ?? [];

    public TimeSpan? RetryAfter => Status.Details?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public bool IsNotFound => Code == (int)HttpStatusCode.NotFound;

    public bool IsAlreadyExists => Code == (int)HttpStatusCode.Conflict && Reason == "AlreadyExists";

    /// <summary>The object changed since it was read, or a precondition failed.</summary>
    public bool IsConflict => Code == (int)HttpStatusCode.Conflict && Reason != "AlreadyExists";

    /// <summary>The object sent is not valid.</summary>
    public bool IsInvalid => Code == (int)HttpStatusCode.UnprocessableEntity;

    /// <summary>The requested resourceVersion is older than what the server keeps (410).</summary>
    public bool IsGone => Code == (int)HttpStatusCode.Gone;

    public bool IsForbidden => Code == (int)HttpStatusCode.Forbidden;

    /// <summary>
    /// An admission webhook ("… denied the request: …") or a ValidatingAdmissionPolicy ("… denied request: …") refused the object for what it says. Both may
    /// answer as a missing permission does; the words are the API server's own, and no field of the answer tells the cases apart.
    /// </summary>
    public bool IsDeniedByAdmission =>
        (IsForbidden || IsInvalid || Code == (int)HttpStatusCode.BadRequest)
        && (Message.Contains("denied the request", StringComparison.Ordinal) || Message.Contains("denied request", StringComparison.Ordinal));

    public bool IsTooManyRequests => Code == (int)HttpStatusCode.TooManyRequests;

    /// <summary>No answer came: the write may or may not have been committed.</summary>
    public bool IsUnknownOutcome => Code == 0;
}
