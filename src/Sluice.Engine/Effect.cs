using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine;

/// <summary>One change of the world that follows from the committed status. Each is safe to repeat.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Asks the API server whether a ReplicaSet with this template would be accepted; what it refuses is an InvalidSpec.</summary>
    public sealed record ValidateTemplate(string Name, string Revision, PodTemplate Template, int MinReadySeconds) : Effect;

    /// <summary>Asks the API server whether the Job of a check would be accepted; what it refuses is an InvalidSpec.</summary>
    /// <param name="Field">Where the check's template stands in the spec.</param>
    /// <param name="Job">The Job.</param>
    public sealed record ValidateCheck(string Field, V1Job Job) : Effect;

    /// <summary>Creates the Job of a check; one that exists by that name and is ours is adopted.</summary>
    /// <param name="Check">Name of the check.</param>
    /// <param name="Job">The Job.</param>
    public sealed record CreateCheck(string Check, V1Job Job) : Effect;

    /// <summary>Lets the Job of a check go whose result is recorded, or that nobody waits for.</summary>
    public sealed record FreeCheck(string Name) : Effect;

    /// <summary>Ends the Job of a check, or removes it.</summary>
    public sealed record DeleteCheck(string Name, string Uid) : Effect;

    /// <summary>Writes the Release: the plan as it is at the start.</summary>
    public sealed record CreateRelease(string Name, ReleaseSpec Spec) : Effect;

    /// <summary>Writes the timeline and the checks so far into the Release, while it is in flight.</summary>
    public sealed record RecordStory(string Name, IReadOnlyList<TimelineEntry> Timeline, IReadOnlyList<CheckStatus> Checks) : Effect;

    /// <summary>Writes how a release ended.</summary>
    public sealed record FinishRelease(string Name, ReleaseStatus Status) : Effect;

    /// <summary>Asks for a migration.</summary>
    public sealed record CreateMigration(string Name, MigrationSpec Spec) : Effect;

    /// <summary>Makes the Rollout the controller of what it has no more, unless that changed since it was seen.</summary>
    public sealed record Adopt(ObservedOrphan Orphan) : Effect;

    public sealed record CreateReplicaSet(string Name, string Revision, PodTemplate Template, int MinReadySeconds, int Replicas) : Effect;

    /// <param name="Name">The ReplicaSet.</param>
    /// <param name="From">The replicas that the decision rests on: the write fails if they changed since.</param>
    /// <param name="To">The replicas wanted.</param>
    public sealed record Scale(string Name, int From, int To) : Effect
    {
        /// <summary>Its <c>spec.minReadySeconds</c> from now on; null where that stays.</summary>
        public int? MinReadySeconds { get; init; }
    }

    /// <summary>Changes the replicas of the Deployment that the spec's workloadRef names, and nothing else of it.</summary>
    /// <param name="Name">The Deployment.</param>
    /// <param name="From">The replicas that it was seen with: the write fails if anything of it changed since.</param>
    /// <param name="To">The replicas wanted.</param>
    public sealed record ScaleDeployment(string Name, int From, int To) : Effect;

    /// <summary>Gives the canary's side a share of the traffic.</summary>
    /// <param name="Weight">Percent, 0 to 100.</param>
    /// <param name="Splits">The places of the route that shall have it, as they were seen: the write fails if the route changed since.</param>
    public sealed record SetWeight(int Weight, IReadOnlyList<RouteSplit> Splits) : Effect;

    /// <summary>Puts a revision among the labels that a side asks of pods, or takes it out where it is null, unless the object changed since it was seen.</summary>
    public sealed record SelectRevision(TrafficSide Side, string? Revision) : Effect;

    public sealed record DeleteReplicaSet(string Name) : Effect;

    /// <summary>Deletes one pod, which its ReplicaSet replaces; not another one that has got its name since.</summary>
    public sealed record DeletePod(string Name, string Uid) : Effect;

    public sealed record DeleteRelease(string Name) : Effect;

    /// <summary>Writes what became of a Decision into it, once the status knows.</summary>
    public sealed record AnswerDecision(string Name, string Uid, DecisionStatus Status) : Effect;

    /// <summary>Queues a measurement; never waits for it.</summary>
    public sealed record Measure(MeasurementWish Wish) : Effect;
}

/// <summary>What is to be measured: one metric, over one segment.</summary>
public sealed record MeasurementWish
{
    public required MetricPlan Metric { get; init; }

    public required string Source { get; init; }

    public required string CanaryRevision { get; init; }

    /// <summary>Null when there is no stable revision to compare with.</summary>
    public required string? StableRevision { get; init; }

    public required MeasurementKind Kind { get; init; }

    /// <summary>Where the segment, or the history, begins.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The instant up to which is counted; null as far as the source knows.</summary>
    public required DateTimeOffset? To { get; init; }

    /// <summary>How far behind now the measurement ends.</summary>
    public required TimeSpan Delay { get; init; }
}
