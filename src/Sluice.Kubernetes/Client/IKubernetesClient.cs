using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// Typed access to the API server. Kinds are found by their <see cref="KubernetesEntityAttribute"/>.
/// Every failed request ends as a <see cref="KubernetesException"/>; a missing object is null only where it says so.
/// Namespaces are null for cluster-scoped kinds.
/// </summary>
public interface IKubernetesClient
{
    /// <summary>Reads one object live from the server; null when it does not exist.</summary>
    Task<T?> GetAsync<T>(string? ns, string name, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Lists live from the server, following <c>continue</c> to the end.</summary>
    /// <param name="ns">The namespace; null for all of them.</param>
    /// <param name="labelSelector">A label selector in Kubernetes' syntax; null for everything.</param>
    /// <param name="ct">Cancels the request.</param>
    Task<KubernetesList<T>> ListAsync<T>(string? ns, string? labelSelector, CancellationToken ct)
        where T : class, IKubernetesObject;

    Task<T> CreateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Replaces the object; its resourceVersion is the fence: a stale one fails with 409 Conflict.</summary>
    Task<T> UpdateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Replaces the status subresource; fenced like <see cref="UpdateAsync{T}"/>.</summary>
    Task<T> UpdateStatusAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    Task<T> PatchAsync<T>(string? ns, string name, KubernetesPatch patch, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Deletes; false when the object was gone already.</summary>
    Task<bool> DeleteAsync<T>(string? ns, string name, DeleteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>The last part of a container's log, at most <paramref name="limitBytes"/> bytes; null when there is none to be had.</summary>
    Task<string?> ReadPodLogTailAsync(string ns, string pod, string? container, int limitBytes, CancellationToken ct);
}

/// <summary>How a write is made.</summary>
public sealed record WriteOptions
{
    public static WriteOptions Default { get; } = new();

    public static WriteOptions ServerDryRun { get; } = new() { DryRun = true };

    /// <summary>The server validates and answers, and stores nothing. It refuses unknown fields too, which it drops in silence when it stores.</summary>
    public bool DryRun { get; init; }

    /// <summary>Takes over fields of other managers; server-side apply only.</summary>
    public bool Force { get; init; }

    /// <summary>The subresource written, such as <c>status</c> or <c>scale</c>; patches only.</summary>
    public string? Subresource { get; init; }
}

/// <summary>What a delete insists on and how dependents go.</summary>
public sealed record DeleteOptions
{
    public static DeleteOptions Background { get; } = new();

    /// <summary>Background, Foreground or Orphan.</summary>
    public string PropagationPolicy { get; init; } = "Background";

    /// <summary>Refuse (409) unless the object still has this UID.</summary>
    public string? PreconditionUid { get; init; }

    /// <summary>Refuse (409) unless the object still has this resourceVersion.</summary>
    public string? PreconditionResourceVersion { get; init; }

    public long? GracePeriodSeconds { get; init; }
}

/// <summary>A patch and its media type.</summary>
public sealed record KubernetesPatch(KubernetesPatchType Type, ReadOnlyMemory<byte> Body)
{
    public static KubernetesPatch Json(ReadOnlyMemory<byte> operations) => new(KubernetesPatchType.JsonPatch, operations);

    public static KubernetesPatch Merge(ReadOnlyMemory<byte> document) => new(KubernetesPatchType.MergePatch, document);

    public static KubernetesPatch Apply(ReadOnlyMemory<byte> intent) => new(KubernetesPatchType.ApplyPatch, intent);
}

public enum KubernetesPatchType
{
    /// <summary>RFC 6902.</summary>
    JsonPatch,

    /// <summary>RFC 7386.</summary>
    MergePatch,

    /// <summary>Server-side apply: the full intent of this field manager.</summary>
    ApplyPatch,
}
