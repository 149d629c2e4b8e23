using System.Text.Json;
using Sluice.Api;

namespace Sluice.Engine.Releases;

/// <summary>Reads images out of a pod template, whatever state it is in. An API server bounds neither their number nor their length, and a status bears few of them.</summary>
internal static class Images
{
    /// <summary>Images that a status names at most; what is beyond is counted.</summary>
    private const int Most = 20;

    /// <summary>Characters: a repository has up to 255, a tag 128, and a digest 71.</summary>
    private const int Longest = 512;

    /// <summary>The images as a status shows them.</summary>
    public static IReadOnlyList<string> Of(PodTemplate? template)
    {
        var all = AllOf(template);
        var shown = all.Take(all.Count > Most ? Most - 1 : Most).Select(image => StatusText.Shorten(image, Longest));
        return all.Count > Most ? [.. shown, $"and {all.Count - Most + 1} more"] : [.. shown];
    }

    private static IReadOnlyList<string> AllOf(PodTemplate? template)
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
