using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Releases;

/// <summary>What the status says of the present situation, in the words of kstatus and of people.</summary>
/// <param name="Phase">One word.</param>
/// <param name="Reason">Reason of the conditions.</param>
/// <param name="Message">A sentence.</param>
/// <param name="InvalidBecause">Set when the spec is invalid, beside whatever else goes on.</param>
internal sealed record Outlook(Phase Phase, string Reason, string Message, string? InvalidBecause = null);

/// <summary>Fills in everything of a status that can be observed again: counts, summaries and conditions.</summary>
internal static class StatusView
{
    public static RolloutStatus Refresh(Pass pass, RolloutStatus status, Outlook outlook)
    {
        var sets = pass.Snapshot.ReplicaSets;
        var owed = OwedContracts.Open(pass, status.OwedContracts);
        var canary = status.Canary is { } c ? WithPods(pass, c) : null;
        return status with
        {
            ObservedGeneration = pass.Rollout.Metadata.Generation,
            Phase = outlook.Phase,
            Message = StatusText.Shorten(outlook.InvalidBecause is null ? outlook.Message : $"{outlook.InvalidBecause} ({outlook.Message})"),
            Revision = pass.Errors.Count == 0 ? pass.SpecRevision : status.Revision,
            Images = StatusText.Shorten(string.Join(",", Images.Of(pass.SpecTemplate))),
            Replicas = sets.Sum(set => set.Pods),
            ReadyReplicas = sets.Sum(set => set.Ready),
            AvailableReplicas = sets.Sum(set => set.Available),
            UpdatedReplicas = sets.Where(set => set.Revision == pass.SpecRevision).Sum(set => set.Pods),
            Selector = $"{Labels.Rollout}={pass.Name},{Labels.Revision}",
            Stable = status.Stable is { } stable ? WithPods(pass, stable) : null,
            Canary = canary is null ? null : canary with { ActualWeight = pass.Traffic.Weight ?? ActualWeight(pass, status) },
            Traffic = pass.Traffic.StatusFor(status),
            Workload = pass.Adoption.StatusFor(status),
            SchemaFloor = SchemaFloor.Of(pass),
            OwedContracts = owed,
            Conditions = Conditions(pass, status with { OwedContracts = owed }, outlook),
        };
    }

    private static StableStatus WithPods(Pass pass, StableStatus stable)
    {
        var set = pass.Snapshot.ReplicaSetOf(stable.Revision);
        return Shortage.Counted(pass, stable, set) with { Replicas = set?.Desired ?? 0, Available = set?.Available ?? 0, Summary = Summary(set) };
    }

    private static CanaryStatus WithPods(Pass pass, CanaryStatus canary)
    {
        var set = pass.Snapshot.ReplicaSetOf(canary.Revision);
        return canary with { Replicas = set?.Desired ?? 0, Available = set?.Available ?? 0, Summary = Summary(set) };
    }

    private static string Summary(ObservedReplicaSet? set) => $"{set?.Available ?? 0}/{set?.Desired ?? 0}";

    /// <summary>Percent of the available pods that are the canary's: the share of traffic it gets where pods carry the weight.</summary>
    private static int ActualWeight(Pass pass, RolloutStatus status)
    {
        var canary = pass.Snapshot.ReplicaSetOf(status.Canary?.Revision)?.Available ?? 0;
        var all = pass.Snapshot.ReplicaSets.Sum(set => set.Available);
        return all == 0 ? 0 : (int)Math.Round(100.0 * canary / all, MidpointRounding.AwayFromZero);
    }

    private static List<V1Condition> Conditions(Pass pass, RolloutStatus status, Outlook outlook)
    {
        var builder = new ConditionList(pass);
        var invalid = outlook.InvalidBecause;
        var healthy = outlook.Phase == Phase.Healthy && invalid is null;
        builder.Add(
            ConditionTypes.Ready,
            healthy ? ConditionStatus.True : ConditionStatus.False,
            invalid is null ? outlook.Reason : Reasons.InvalidSpec,
            StatusText.Shorten(invalid ?? outlook.Message));
        if (outlook.Phase is Phase.Progressing or Phase.RollingBack or Phase.Paused && invalid is null)
        {
            builder.Add(ConditionTypes.Reconciling, ConditionStatus.True, outlook.Reason, StatusText.Shorten(outlook.Message));
        }

        if (invalid is not null) builder.Add(ConditionTypes.Stalled, ConditionStatus.True, Reasons.InvalidSpec, StatusText.Shorten(invalid));
        else if (outlook.Phase == Phase.Degraded) builder.Add(ConditionTypes.Stalled, ConditionStatus.True, outlook.Reason, StatusText.Shorten(outlook.Message));

        var available = pass.Snapshot.ReplicaSets.Where(set => pass.Traffic.LeadsTo(set.Revision)).Sum(set => set.Available) + (pass.Snapshot.Deployment?.Available ?? 0);
        var plan = pass.ReleasePlan ?? pass.SpecPlan;
        var wanted = plan is null ? pass.Replicas : pass.Bounds(plan).MinAvailable;
        var enough = available >= wanted;
        builder.Add(
            ConditionTypes.Available,
            enough ? ConditionStatus.True : ConditionStatus.False,
            enough ? Reasons.MinimumReplicasAvailable : Reasons.MinimumReplicasUnavailable,
            enough ? $"at least {StatusText.PodsAre(wanted)} available" : $"only {StatusText.PodsAre(available)} available, of at least {wanted}");
        foreach (var (type, reason, message) in MigrationConditions.Of(pass, status)) builder.Add(type, ConditionStatus.True, reason, StatusText.Shorten(message));
        AddIdentity(pass, builder);
        return builder.Items;
    }

    /// <summary>
    /// As it was tried last. While no trial had a clear end, what is known from before stays: a restart of the operator is no news. Where nothing is known, what stands in
    /// the way is said: for it Decisions may go unanswered.
    /// </summary>
    private static void AddIdentity(Pass pass, ConditionList builder)
    {
        var known = pass.Status.Conditions.FirstOrDefault(condition => condition.Type == ConditionTypes.IdentityEnforced);
        switch (pass.Snapshot.Identity.IsEnforced)
        {
            case true:
                builder.Add(ConditionTypes.IdentityEnforced, ConditionStatus.True, Reasons.ForgeryRefused, "the API server refuses Decisions in somebody else's name");
                break;
            case false:
                builder.Add(
                    ConditionTypes.IdentityEnforced,
                    ConditionStatus.False,
                    Reasons.ForgeryAccepted,
                    pass.Snapshot.Identity.IsRequired
                        ? "the API server accepts Decisions in anybody's name: none counts until the admission policy is installed"
                        : "the API server accepts Decisions in anybody's name: names in them are not proven; install the admission policy");
                break;
            case null when pass.Snapshot.Identity.Obstacle is { } obstacle && known is null or { Reason: Reasons.TrialFailed }:
                var consequence = pass.Snapshot.Identity.IsRequired ? "no Decision is answered before it can" : "names in Decisions are not proven";
                builder.Add(
                    ConditionTypes.IdentityEnforced,
                    ConditionStatus.False,
                    Reasons.TrialFailed,
                    StatusText.Shorten($"whether the API server refuses Decisions in somebody else's name cannot be tried, and {consequence}: {obstacle}"));
                break;
            case null when known is not null:
                builder.Items.Add(known);
                break;
        }
    }

    /// <summary>Keeps a condition's lastTransitionTime while its status stays the same.</summary>
    private sealed class ConditionList(Pass pass)
    {
        public List<V1Condition> Items { get; } = [];

        public void Add(string type, string status, string reason, string message)
        {
            var before = pass.Status.Conditions.FirstOrDefault(condition => condition.Type == type);
            Items.Add(new V1Condition
            {
                Type = type,
                Status = status,
                Reason = reason,
                Message = message,
                ObservedGeneration = pass.Rollout.Metadata.Generation,
                LastTransitionTime = before?.Status == status ? before.LastTransitionTime : pass.Now,
            });
        }
    }
}
