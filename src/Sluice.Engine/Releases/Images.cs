using System.Text.Json;
using Sluice.Api;

namespace Sluice.Engine.Releases;

/// <summary>Reads images out of a pod template, whatever state it is in.</summary>
internal static class Images
{
    public static IReadOnlyList<string> Of(PodTemplate? template)
    {
        if (template?.Spec is not { ValueKind: JsonValueKind.Object } spec
            || !spec.TryGetProperty("containers", out var containers)
            || containers.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return
        [
            .. containers.EnumerateArray()
                .Where(container => container.ValueKind == JsonValueKind.Object)
                .Select(container => container.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.String ? image.GetString()! : "")
                .Where(image => image.Length > 0),
        ];
    }
}
