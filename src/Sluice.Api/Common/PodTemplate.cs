using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>
/// A pod template. Its <see cref="Spec"/> is raw JSON: what the API server accepts as a pod is known to the API server alone,
/// and a malformed one must not make the Rollout unreadable. It is validated by a dry run of what is built from it.
/// </summary>
public sealed record PodTemplate
{
    /// <summary>As deep as an API server stores it, and a little more.</summary>
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = 10_100 };

    /// <summary>The spec of a template that is packed.</summary>
    private byte[]? packed;

    [Description("Labels and annotations of the pods.")]
    public PodTemplateMetadata Metadata { get => field ?? new(); init; }

    [Description("The pod's spec, as in a Deployment's template. Validated by a dry run of what is made of it.")]
    [Required]
    [PreserveUnknownFields]
    public JsonElement? Spec
    {
        get => field ?? (packed is null ? null : JsonElement.Parse(packed, AnyDepth));
        init
        {
            field = value;
            packed = null;
        }
    }

    /// <summary>The same template in less than half of the memory, for one that is kept and seldom read: its spec is parsed whenever it is asked for.</summary>
    public PodTemplate Packed() => Spec is { } spec ? this with { Spec = null, packed = JsonMarshal.GetRawUtf8Value(spec).ToArray() } : this;
}

/// <summary>The part of a pod's metadata that a template may set.</summary>
public sealed record PodTemplateMetadata
{
    [Description("Labels of the pods. Those with the prefix sluice.dev/ are the operator's own and are added to these.")]
    [MaxProperties(64)]
    [MaxLength(63)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Description("Annotations of the pods.")]
    [MaxProperties(256)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
