using System.Globalization;

namespace Sluice.Sandbox.ApiServer;

/// <summary>The text forms of time in Kubernetes objects.</summary>
internal static class Timestamps
{
    /// <summary>The form of <c>metav1.Time</c>: whole seconds, UTC.</summary>
    public static string Seconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
