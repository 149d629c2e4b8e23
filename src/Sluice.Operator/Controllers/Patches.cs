using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers;

/// <summary>A merge patch that carries a resourceVersion fails with 409 if the object has changed since.</summary>
internal sealed record ScalePatch(ScalePatchMetadata Metadata, ScalePatchSpec Spec);

internal sealed record ScalePatchMetadata(string ResourceVersion);

internal sealed record ScalePatchSpec(int Replicas, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MinReadySeconds = null);

/// <summary>As <see cref="ScalePatch"/>, for an object's finalizers.</summary>
internal sealed record FinalizerPatch(FinalizerPatchMetadata Metadata)
{
    /// <summary>Puts a finalizer on an object, which is still as it was seen, or takes it off; others stay.</summary>
    public static KubernetesPatch Of(V1ObjectMeta seen, string finalizer, bool isHeld)
    {
        var others = (seen.Finalizers ?? []).Where(other => other != finalizer);
        var patch = new FinalizerPatch(new FinalizerPatchMetadata(seen.ResourceVersion ?? "", isHeld ? [.. others, finalizer] : [.. others]));
        return KubernetesPatch.Merge(JsonSerializer.SerializeToUtf8Bytes(patch, OperatorJsonContext.Default.FinalizerPatch));
    }
}

internal sealed record FinalizerPatchMetadata(string ResourceVersion, IReadOnlyList<string> Finalizers);

/// <summary>As <see cref="ScalePatch"/>, for who an object belongs to.</summary>
internal sealed record OwnerPatch(OwnerPatchMetadata Metadata);

internal sealed record OwnerPatchMetadata(string ResourceVersion, IReadOnlyList<V1OwnerReference> OwnerReferences);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScalePatch))]
[JsonSerializable(typeof(FinalizerPatch))]
[JsonSerializable(typeof(OwnerPatch))]
[JsonSerializable(typeof(JsonArray))]
internal sealed partial class OperatorJsonContext : JsonSerializerContext;
