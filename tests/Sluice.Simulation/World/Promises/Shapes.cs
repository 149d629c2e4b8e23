using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>What the operator creates has the names, labels and owners by which it is found, and by which it goes with what it belongs to.</summary>
internal sealed class Shapes(ReleaseWorld world) : IPromise
{
    /// <summary>Somebody deleted a Release, which an operator's view may still have.</summary>
    private bool wereReleasesDeleted;

    public bool HoldsForLateArrivals => true;

    public void Check(Write write)
    {
        wereReleasesDeleted |= write is { Resource: "releases", IsDeletion: true, IsTheOperators: false };
        if (!write.IsTheOperators) return;
        if (write.Resource is "rollouts" or "decisions")
        {
            PersonsObjects.Check(write.Committed);
            return;
        }

        if (!write.IsCreation) return;
        Promise.Keep(write.Name.Length <= 63 || write.Resource == "leases", "names stay within 63 characters", $"{write.Resource} {write.Name}");
        switch (write.After)
        {
            case V1ReplicaSet set:
                CheckReplicaSet(set);
                break;
            case Release release:
                Promise.Keep(release.Metadata.Label(Labels.Rollout) == release.Spec.Rollout && release.Metadata.Label(Labels.Revision) == release.Spec.Revision, "a Release is labelled", $"{write.Name}");
                break;
            case Migration migration:
                Promise.Keep(migration.Metadata.OwnerReferences is null or { Count: 0 }, "a Migration outlives its Rollout", $"{write.Name} has an owner");
                Promise.Keep(migration.Metadata.Label(Labels.Rollout) == migration.Spec.Rollout && migration.Metadata.Label(Labels.Release) == migration.Spec.Release, "a Migration is labelled", $"{write.Name}");
                break;
        }
    }

    public static void CheckOwner(V1ObjectMeta item, string kind, string? uid)
    {
        var owner = item.ControllerOwner();
        Promise.Keep(owner?.Kind == kind && owner.Uid == uid && owner.ApiVersion == ApiGroup.ApiVersion && owner.BlockOwnerDeletion == true, "what belongs to another object goes with it", $"{item.Name} is controlled by {owner?.Kind} {owner?.Name} {owner?.Uid}, not {kind} {uid}");
    }

    private void CheckReplicaSet(V1ReplicaSet set)
    {
        var (rollout, revision) = (set.Metadata.Label(Labels.Rollout) ?? "", set.Metadata.Label(Labels.Revision) ?? "");
        CheckOwner(set.Metadata, Rollout.KindName, world.Cluster.Get<Rollout>(set.Metadata.Namespace!, rollout)?.Metadata.Uid);
        Promise.Keep(set.Metadata.Name!.EndsWith($"-{revision}", StringComparison.Ordinal) && set.Metadata.Name.Length <= 57, "a ReplicaSet is named by its revision, and its pods fit", $"{set.Metadata.Name}");
        var selector = set.Spec!.Selector!.MatchLabels!;
        var labels = set.Spec.Template!.Metadata!.Labels!;
        Promise.Keep(
            selector.Count == 2 && selector.GetValueOrDefault(Labels.Rollout) == rollout && selector.GetValueOrDefault(Labels.Revision) == revision && selector.All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value),
            "a ReplicaSet selects the pods of its revision and no others",
            $"{set.Metadata.Name} selects {string.Join(", ", selector)}");
        var record = world.Cluster.List<Release>(set.Metadata.Namespace!, (Labels.Rollout, rollout)).LastOrDefault(release => release.Spec.Revision == revision);
        Promise.Keep((record is null && wereReleasesDeleted) || Images(record?.Spec.Template.Spec) == Images(set.Spec.Template.Spec), "a ReplicaSet runs its revision", $"{set.Metadata.Name} runs {Images(set.Spec.Template.Spec)}, {record?.Metadata.Name} is of {Images(record?.Spec.Template.Spec)}");
    }

    private static string Images(System.Text.Json.JsonElement? pod) =>
        pod?.TryGetProperty("containers", out var containers) == true ? string.Join(',', containers.EnumerateArray().Select(container => container.GetProperty("image").GetString())) : "";
}
