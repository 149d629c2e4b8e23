using System.Diagnostics;
using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Jobs;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>Carries out the effects of a Migration.</summary>
internal sealed class MigrationExecutor(IClusterReader reader, IClusterWriter writer)
{
    private readonly JobWriter jobs = new(reader, writer, Finalizers.MigrationResult);

    /// <summary>Whether anything changed, so that it is worth looking again at once; or why the API server refuses a Job.</summary>
    public async Task<(bool Changed, KubernetesException? Refusal)> ExecuteAsync(Migration migration, IReadOnlyList<MigrationEffect> effects, CancellationToken ct)
    {
        var changed = false;
        foreach (var effect in effects)
        {
            try
            {
                changed |= await ExecuteAsync(migration, effect, ct);
            }
            catch (KubernetesException refused) when (effect is MigrationEffect.CreateJob && (refused.IsForbidden || IsForGood(refused)))
            {
                return (changed, refused);
            }
        }

        return (changed, null);
    }

    /// <summary>Whether a Job is refused for what it says, and not because of what else there is, or who asks.</summary>
    public static bool IsForGood(KubernetesException refused) => refused.IsInvalid || refused.Code == 400 || refused.IsDeniedByAdmission;

    /// <summary>The Migration of these Jobs is gone.</summary>
    public Task LetGoOfJobsAsync(NamespacedName migration, CancellationToken ct) => jobs.FreeAllAsync(migration.Namespace, Labels.Migration, migration.Name, ct);

    private Task<bool> ExecuteAsync(Migration migration, MigrationEffect effect, CancellationToken ct) => effect switch
    {
        MigrationEffect.TakeLock take => TakeLockAsync(migration, take, ct),
        MigrationEffect.ReleaseLock release => ReleaseLockAsync(migration, KeyOf(migration, ObjectNames.LockLease(release.Lock)), ct),
        MigrationEffect.CreateJob create => CreateJobAsync(create.Job, ct),
        MigrationEffect.DeleteJob delete => DeleteJobAsync(KeyOf(migration, delete.Name), delete.Uid, ct),
        MigrationEffect.FreeJob free => jobs.FreeAsync(KeyOf(migration, free.Name), ct),
        _ => throw new UnreachableException(),
    };

    private static NamespacedName KeyOf(Migration migration, string name) => new(migration.Metadata.Namespace ?? "", name);

    /// <summary>Creates the Lease, or fills the very one that was seen to be empty or left behind; both fail when somebody else was first, which only means to wait on.</summary>
    private async Task<bool> TakeLockAsync(Migration migration, MigrationEffect.TakeLock take, CancellationToken ct)
    {
        var key = KeyOf(migration, ObjectNames.LockLease(take.Lock));
        var me = migration.Metadata.Name;
        try
        {
            if (take.Seen is not { } lease)
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
        catch (KubernetesException lost) when (lost.IsConflict || lost.IsAlreadyExists || lost.IsNotFound)
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
        await jobs.CreateAsync(job, ct);
        return true;
    }

    private async Task<bool> DeleteJobAsync(NamespacedName key, string uid, CancellationToken ct)
    {
        await jobs.DeleteAsync(key, uid, ct);
        return false;
    }
}
