using System.Diagnostics;
using System.Text.Json;
using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>Carries out the effects of a Migration.</summary>
internal sealed class MigrationExecutor(IClusterReader reader, IClusterWriter writer)
{
    /// <summary>Whether anything changed, so that it is worth looking again at once; or what the API server refuses for good.</summary>
    public async Task<(bool Changed, string? Refusal)> ExecuteAsync(Migration migration, IReadOnlyList<MigrationEffect> effects, CancellationToken ct)
    {
        var changed = false;
        foreach (var effect in effects)
        {
            try
            {
                changed |= await ExecuteAsync(migration, effect, ct);
            }
            catch (KubernetesException refused) when (effect is MigrationEffect.CreateJob && (refused.IsInvalid || refused.Code == 400 || refused.IsDeniedByAdmission))
            {
                return (changed, refused.Message);
            }
        }

        return (changed, null);
    }

    /// <summary>The Migration of these Jobs is gone: nobody will record their results any more, and our finalizer would hold them for good.</summary>
    public async Task LetGoOfJobsAsync(NamespacedName migration, CancellationToken ct)
    {
        var jobs = reader.List<V1Job>(migration.Namespace, new Dictionary<string, string> { [Labels.Migration] = migration.Name });
        foreach (var job in jobs) await FreeJobAsync(NamespacedName.Of(job), ct);
    }

    private Task<bool> ExecuteAsync(Migration migration, MigrationEffect effect, CancellationToken ct) => effect switch
    {
        MigrationEffect.TakeLock take => TakeLockAsync(migration, take, ct),
        MigrationEffect.ReleaseLock release => ReleaseLockAsync(migration, LeaseKey(migration, release.Lock), ct),
        MigrationEffect.CreateJob create => CreateJobAsync(create.Job, ct),
        MigrationEffect.DeleteJob delete => DeleteJobAsync(migration, delete, ct),
        MigrationEffect.FreeJob free => FreeJobAsync(new NamespacedName(migration.Metadata.Namespace ?? "", free.Name), ct),
        _ => throw new UnreachableException(),
    };

    private static NamespacedName LeaseKey(Migration migration, string lockName) => new(migration.Metadata.Namespace ?? "", ObjectNames.LockLease(lockName));

    /// <summary>Creates the Lease, or fills one that is empty or was left behind; both fail when somebody else was first, which only means to wait on.</summary>
    private async Task<bool> TakeLockAsync(Migration migration, MigrationEffect.TakeLock take, CancellationToken ct)
    {
        var key = LeaseKey(migration, take.Lock);
        var me = migration.Metadata.Name;
        var lease = await reader.GetLiveAsync<V1Lease>(key, ct);
        if (lease?.Spec?.HolderIdentity is { Length: > 0 } holder && holder != take.LeftBy) return false;

        try
        {
            if (lease is null)
            {
                var labels = new Dictionary<string, string> { ["app.kubernetes.io/managed-by"] = ApiGroup.FieldManager };
                await writer.CreateAsync(
                    new V1Lease { Metadata = new V1ObjectMeta { Name = key.Name, Namespace = key.Namespace, Labels = labels }, Spec = new V1LeaseSpec { HolderIdentity = me } }, WriteOptions.Default, ct);
            }
            else
            {
                await writer.UpdateAsync(lease with { Spec = (lease.Spec ?? new V1LeaseSpec()) with { HolderIdentity = me } }, WriteOptions.Default, ct);
            }

            return true;
        }
        catch (KubernetesException lost) when (lost.IsConflict || lost.IsAlreadyExists)
        {
            return false;
        }
    }

    private async Task<bool> ReleaseLockAsync(Migration migration, NamespacedName key, CancellationToken ct)
    {
        var lease = await reader.GetLiveAsync<V1Lease>(key, ct);
        if (lease?.Spec?.HolderIdentity != migration.Metadata.Name) return false;

        await writer.UpdateAsync(lease! with { Spec = lease.Spec! with { HolderIdentity = "" } }, WriteOptions.Default, ct);
        return true;
    }

    private async Task<bool> CreateJobAsync(V1Job job, CancellationToken ct)
    {
        try
        {
            await writer.CreateAsync(job, WriteOptions.Default, ct);
        }
        catch (KubernetesException exists) when (exists.IsAlreadyExists)
        {
            // Ours from before a crash, or somebody else's: the next pass looks at it.
        }

        return true;
    }

    /// <summary>In the foreground, so that the pods are stopped while our finalizer still holds the Job.</summary>
    private async Task<bool> DeleteJobAsync(Migration migration, MigrationEffect.DeleteJob delete, CancellationToken ct)
    {
        var options = new DeleteOptions { PropagationPolicy = "Foreground", PreconditionUid = delete.Uid };
        await writer.DeleteAsync<V1Job>(new NamespacedName(migration.Metadata.Namespace ?? "", delete.Name), options, ct);
        return false;
    }

    private async Task<bool> FreeJobAsync(NamespacedName key, CancellationToken ct)
    {
        var job = await reader.GetLiveAsync<V1Job>(key, ct);
        if (job?.Metadata.Finalizers is not { } finalizers || !finalizers.Contains(Finalizers.MigrationResult)) return false;

        var left = finalizers.Where(finalizer => finalizer != Finalizers.MigrationResult).ToList();
        var body = JsonSerializer.SerializeToUtf8Bytes(new FinalizerPatch(new FinalizerPatchMetadata(job.Metadata.ResourceVersion ?? "", left)), OperatorJsonContext.Default.FinalizerPatch);
        await writer.PatchAsync<V1Job>(key, KubernetesPatch.Merge(body), WriteOptions.Default, ct);
        return true;
    }
}
