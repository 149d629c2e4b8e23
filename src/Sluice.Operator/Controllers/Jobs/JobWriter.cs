using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Jobs;

/// <summary>Makes, ends and lets go of the operator's Jobs. Each may be repeated.</summary>
/// <param name="reader">For the finalizers as they are.</param>
/// <param name="writer">The API server.</param>
/// <param name="finalizer">What holds these Jobs until their result is recorded.</param>
internal sealed class JobWriter(IClusterReader reader, IClusterWriter writer, string finalizer)
{
    /// <summary>One that exists by that name is ours from before a crash, or somebody else's: the next pass looks at it.</summary>
    public async Task CreateAsync(V1Job job, CancellationToken ct)
    {
        try
        {
            await writer.CreateAsync(job, WriteOptions.Default, ct);
        }
        catch (KubernetesException exists) when (exists.IsAlreadyExists)
        {
            // A deterministic name.
        }
    }

    /// <summary>In the foreground, so that the pods are stopped while our finalizer still holds the Job.</summary>
    public Task DeleteAsync(NamespacedName key, string uid, CancellationToken ct) =>
        writer.DeleteAsync<V1Job>(key, new DeleteOptions { PropagationPolicy = "Foreground", PreconditionUid = uid }, ct);

    /// <summary>False when nothing held it.</summary>
    public async Task<bool> FreeAsync(NamespacedName key, CancellationToken ct)
    {
        var job = await reader.GetLiveAsync<V1Job>(key, ct);
        if (job is null || !job.Metadata.HasFinalizer(finalizer)) return false;

        await writer.PatchAsync<V1Job>(key, FinalizerPatch.Of(job.Metadata, finalizer, isHeld: false), WriteOptions.Default, ct);
        return true;
    }

    /// <summary>What these Jobs ran for is gone: nobody will record their results any more, and our finalizer would hold them for good.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="label">The label that names what they ran for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="ct">Ends it.</param>
    public async Task FreeAllAsync(string ns, string label, string name, CancellationToken ct)
    {
        foreach (var job in reader.List<V1Job>(ns, new Dictionary<string, string> { [label] = name })) await FreeAsync(NamespacedName.Of(job), ct);
    }
}
