using System.Diagnostics;
using System.Text.Json;
using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Jobs;
using Sluice.Operator.Controllers.Rollouts.Traffic;
using Sluice.Operator.Controllers.Rollouts.Workloads;
using Sluice.Operator.Metrics;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Carries out one effect. Creates have deterministic names, updates carry the version that the decision rests on, so each may be repeated.</summary>
internal sealed class EffectExecutor(IClusterReader reader, IClusterWriter writer, IEventRecorder events, IMeasurements measurements)
{
    private readonly TrafficWriter traffic = new(reader, writer, events);
    private readonly WorkloadWriter workload = new(writer, events);
    private readonly JobWriter checks = new(reader, writer, Finalizers.CheckResult);

    /// <summary>What the API server refuses for good, by field; empty when the effect was carried out. Everything else that goes wrong is thrown.</summary>
    public async Task<IReadOnlyList<FieldError>> ExecuteAsync(Snapshot snapshot, Effect effect, CancellationToken ct)
    {
        var rollout = snapshot.Rollout;
        var ns = rollout.Metadata.Namespace ?? "";
        switch (effect)
        {
            case Effect.ValidateTemplate validate:
                return await ValidateAsync(OwnedObjects.ReplicaSet(rollout, validate.Name, validate.Revision, validate.Template, validate.MinReadySeconds, replicas: 0), "spec.template", ct);
            case Effect.ValidateCheck validate:
                return await ValidateAsync(validate.Job, validate.Field, ct);
            case Effect.CreateCheck or Effect.FreeCheck or Effect.DeleteCheck:
                return await ExecuteCheckAsync(ns, effect, ct);
            case Effect.CreateRelease create:
                await CreateReleaseAsync(rollout, create, ct);
                break;
            case Effect.RecordStory record:
                await WriteReleaseAsync(snapshot, record.Name, status => status with { Timeline = record.Timeline, Checks = record.Checks }, ct);
                break;
            case Effect.FinishRelease finish:
                await WriteReleaseAsync(snapshot, finish.Name, _ => finish.Status, ct);
                break;
            case Effect.CreateMigration create:
                await CreateIgnoringExistingAsync(OwnedObjects.Migration(rollout, create.Name, create.Spec), ct);
                break;
            case Effect.Adopt adopt:
                await AdoptAsync(rollout, adopt.Orphan, ct);
                break;
            case Effect.CreateReplicaSet create:
                await CreateReplicaSetAsync(rollout, create, ct);
                break;
            case Effect.Scale scale:
                await ScaleAsync(snapshot, ns, scale, ct);
                break;
            case Effect.SetWeight or Effect.SelectRevision or Effect.ScaleDeployment:
                await WriteToPersonsObjectAsync(snapshot, effect, ct);
                break;
            case Effect.DeleteReplicaSet delete:
                var set = snapshot.ReplicaSets.First(candidate => candidate.Name == delete.Name);
                await writer.DeleteAsync<V1ReplicaSet>(new NamespacedName(ns, delete.Name), new DeleteOptions { PreconditionUid = set.Uid, PreconditionResourceVersion = set.ResourceVersion }, ct);
                break;
            case Effect.DeletePod delete:
                await writer.DeleteAsync<V1Pod>(new NamespacedName(ns, delete.Name), DeleteOptions.Background with { PreconditionUid = delete.Uid }, ct);
                break;
            case Effect.DeleteRelease delete:
                await DeleteReleaseAsync(snapshot, ns, delete, ct);
                break;
            case Effect.AnswerDecision answer:
                await AnswerAsync(snapshot, answer, ct);
                break;
            case Effect.Measure measure:
                measurements.Request(MeasurementMapping.RequestOf(rollout, measure.Wish));
                break;
            default:
                throw new UnreachableException();
        }

        return [];
    }

    /// <summary>Puts our finalizer on the Rollout, which is still as it was seen, or takes it off.</summary>
    /// <exception cref="KubernetesException">A conflict, when the Rollout changed since; not found, when it is gone.</exception>
    public async Task<Rollout> HoldAsync(Rollout rollout, Engine.Decision.Hold hold, CancellationToken ct)
    {
        var held = await writer.PatchAsync<Rollout>(NamespacedName.Of(rollout), FinalizerPatch.Of(rollout.Metadata, Finalizers.Rollout, hold.IsHeld), WriteOptions.Default, ct);
        if (hold.IsGivenUp && rollout.Status?.Traffic is not null)
        {
            events.Record(rollout, "Warning", "TrafficNotSetBack", "Delete", "the Rollout goes, and its route, Services or subsets may still lead to pods that go with it");
        }

        if (hold.IsGivenUp && rollout.Status?.Workload is { } taken)
        {
            events.Record(rollout, "Warning", "PodsNotHandedBack", "Delete", $"the Rollout goes, and Deployment {taken.Name} may not have all of its pods yet");
        }

        return held;
    }

    /// <summary>The Rollout of these Jobs is gone.</summary>
    public Task LetGoOfChecksAsync(NamespacedName rollout, CancellationToken ct) => checks.FreeAllAsync(rollout.Namespace, Labels.Checks, rollout.Name, ct);

    /// <summary>What is written into objects that people own.</summary>
    private Task WriteToPersonsObjectAsync(Snapshot snapshot, Effect effect, CancellationToken ct) => effect switch
    {
        Effect.SetWeight weight => traffic.SetWeightAsync(snapshot, weight, ct),
        Effect.SelectRevision select => traffic.SelectRevisionAsync(snapshot, select, ct),
        Effect.ScaleDeployment scale => workload.ScaleAsync(snapshot, scale, ct),
        _ => throw new UnreachableException(),
    };

    private async Task<IReadOnlyList<FieldError>> ExecuteCheckAsync(string ns, Effect effect, CancellationToken ct)
    {
        switch (effect)
        {
            case Effect.CreateCheck create:
                return await RefusedAsync(token => checks.CreateAsync(create.Job, token), "spec.template", ct);
            case Effect.FreeCheck free:
                await checks.FreeAsync(new NamespacedName(ns, free.Name), ct);
                break;
            case Effect.DeleteCheck delete:
                await checks.DeleteAsync(new NamespacedName(ns, delete.Name), delete.Uid, ct);
                break;
            default:
                throw new UnreachableException();
        }

        return [];
    }

    private Task<IReadOnlyList<FieldError>> ValidateAsync<T>(T item, string field, CancellationToken ct)
        where T : class, IKubernetesObject => RefusedAsync(token => writer.CreateAsync(item, WriteOptions.ServerDryRun, token), field, ct);

    /// <summary>
    /// What the API server says against the template of what is created, in a dry run or not, is said of the field that the template was taken from;
    /// that the object exists already means that its template was accepted before.
    /// </summary>
    private static async Task<IReadOnlyList<FieldError>> RefusedAsync(Func<CancellationToken, Task> create, string field, CancellationToken ct)
    {
        const string Template = "spec.template";
        try
        {
            await create(ct);
            return [];
        }
        catch (KubernetesException refused) when (refused.IsAlreadyExists)
        {
            return [];
        }
        catch (KubernetesException refused) when (refused.IsInvalid || refused.Code == 400 || refused.IsDeniedByAdmission)
        {
            return refused.Causes.Count == 0
                ? [new FieldError(field, refused.Message)]
                : [.. refused.Causes.Select(cause => new FieldError(FieldOf(cause.Field), cause.Message ?? refused.Message))];
        }

        string FieldOf(string? named) => named is null ? field : named.StartsWith(Template, StringComparison.Ordinal) ? field + named[Template.Length..] : named;
    }

    private async Task CreateReleaseAsync(Rollout rollout, Effect.CreateRelease create, CancellationToken ct) =>
        await CreateIgnoringExistingAsync(OwnedObjects.Release(rollout, create.Name, create.Spec), ct);

    private async Task CreateIgnoringExistingAsync<T>(T item, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        try
        {
            await writer.CreateAsync(item, WriteOptions.Default, ct);
        }
        catch (KubernetesException exists) when (exists.IsAlreadyExists)
        {
            // By its deterministic name this is what an earlier pass created; whether it says what it should is looked at in the next one.
        }
    }

    /// <summary>Only the one that was looked at: a Rollout that is made anew gives its Releases the same names again.</summary>
    private async Task DeleteReleaseAsync(Snapshot snapshot, string ns, Effect.DeleteRelease delete, CancellationToken ct)
    {
        var uid = ReleaseIn(snapshot, delete.Name).Metadata.Uid;
        await writer.DeleteAsync<Release>(new NamespacedName(ns, delete.Name), DeleteOptions.Background with { PreconditionUid = uid }, ct);
    }

    private static Release ReleaseIn(Snapshot snapshot, string name) =>
        snapshot.ReleaseNamed(name) ?? throw new InvalidOperationException($"Release {name} is not in the snapshot");

    private async Task WriteReleaseAsync(Snapshot snapshot, string name, Func<ReleaseStatus, ReleaseStatus> change, CancellationToken ct)
    {
        var release = ReleaseIn(snapshot, name);
        await writer.UpdateStatusAsync(release with { Status = change(release.Status ?? new ReleaseStatus()) }, WriteOptions.Default, ct);
    }

    /// <summary>An answer is written once and never changes; a Decision that is gone needs none.</summary>
    private async Task AnswerAsync(Snapshot snapshot, Effect.AnswerDecision answer, CancellationToken ct)
    {
        var asked = snapshot.Decisions.First(decision => decision.Metadata.Uid == answer.Uid);
        try
        {
            await writer.UpdateStatusAsync(asked with { Status = answer.Status }, WriteOptions.Default, ct);
        }
        catch (KubernetesException gone) when (gone.IsNotFound)
        {
            return;
        }

        var isApplied = answer.Status.State == DecisionState.Applied;
        events.Record(asked, isApplied ? "Normal" : "Warning", $"{answer.Status.State}", $"{asked.Spec.Action}", answer.Status.Message ?? "");
    }

    /// <summary>A ReplicaSet of that name without an owner is what an orphaning delete of the Rollout has left: it is taken over.</summary>
    private async Task CreateReplicaSetAsync(Rollout rollout, Effect.CreateReplicaSet create, CancellationToken ct)
    {
        var set = OwnedObjects.ReplicaSet(rollout, create.Name, create.Revision, create.Template, create.MinReadySeconds, create.Replicas);
        try
        {
            await writer.CreateAsync(set, WriteOptions.Default, ct);
        }
        catch (KubernetesException exists) when (exists.IsAlreadyExists)
        {
            var key = NamespacedName.Of(set);
            var existing = await reader.GetLiveAsync<V1ReplicaSet>(key, ct);
            if (existing is null || existing.Metadata.ControllerOwner()?.Uid == rollout.Metadata.Uid) return;
            if (existing.Metadata.ControllerOwner() is { } owner)
            {
                throw new InvalidOperationException($"ReplicaSet {key} exists and is controlled by {owner.Kind} {owner.Name}", exists);
            }

            await AdoptAsync<V1ReplicaSet>(rollout, existing.Metadata.Name ?? "", existing.Metadata.ResourceVersion ?? "", existing.Metadata.OwnerReferences ?? [], ct);
        }
    }

    private async Task AdoptAsync(Rollout rollout, ObservedOrphan orphan, CancellationToken ct)
    {
        if (orphan.Kind == OrphanKind.ReplicaSet) await AdoptAsync<V1ReplicaSet>(rollout, orphan.Name, orphan.ResourceVersion, orphan.Owners, ct);
        else await AdoptAsync<Release>(rollout, orphan.Name, orphan.ResourceVersion, orphan.Owners, ct);
        events.Record(rollout, "Normal", "Adopted", "Adopt", $"{orphan.Kind} {orphan.Name}, which had no controller, belongs to this Rollout now");
    }

    private async Task AdoptAsync<T>(Rollout rollout, string name, string version, IReadOnlyList<V1OwnerReference> owners, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var patch = new OwnerPatch(new OwnerPatchMetadata(version, [.. owners, OwnedObjects.ControllerOf(rollout)]));
        var body = JsonSerializer.SerializeToUtf8Bytes(patch, OperatorJsonContext.Default.OwnerPatch);
        await writer.PatchAsync<T>(new NamespacedName(rollout.Metadata.Namespace ?? "", name), KubernetesPatch.Merge(body), WriteOptions.Default, ct);
    }

    /// <summary>Only <c>spec.replicas</c> changes, and <c>spec.minReadySeconds</c> where the effect says so, and only if the ReplicaSet is still the one that was looked at.</summary>
    private async Task ScaleAsync(Snapshot snapshot, string ns, Effect.Scale scale, CancellationToken ct)
    {
        var set = snapshot.ReplicaSets.First(candidate => candidate.Name == scale.Name);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ScalePatch(new ScalePatchMetadata(set.ResourceVersion), new ScalePatchSpec(scale.To, scale.MinReadySeconds)), OperatorJsonContext.Default.ScalePatch);
        await writer.PatchAsync<V1ReplicaSet>(new NamespacedName(ns, scale.Name), KubernetesPatch.Merge(body), WriteOptions.Default, ct);
    }
}
