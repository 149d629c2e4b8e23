using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Who wrote the spec last, as the API server recorded it.</summary>
internal static class SpecWriter
{
    /// <summary>The field manager of the newest entry that owns a part of the spec; null when nothing is recorded.</summary>
    public static string? Of(V1ObjectMeta metadata)
    {
        if (metadata.ExtensionData is null || !metadata.ExtensionData.TryGetValue("managedFields", out var fields) || fields.ValueKind != JsonValueKind.Array) return null;

        return fields.EnumerateArray()
            .Where(entry => !entry.TryGetProperty("subresource", out _) && entry.TryGetProperty("fieldsV1", out var owned) && owned.TryGetProperty("f:spec", out _))
            .OrderBy(entry => entry.TryGetProperty("time", out var time) ? time.GetString() : "", StringComparer.Ordinal)
            .Select(entry => entry.TryGetProperty("manager", out var manager) ? manager.GetString() : null)
            .LastOrDefault();
    }
}
