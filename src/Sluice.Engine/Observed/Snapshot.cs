using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Observed;

/// <summary>
/// Everything that is known of a Rollout at one moment; immutable. What it says may be behind the world, but never by an absence:
/// an object that the status speaks of and that is missing here was confirmed missing by a live read.
/// </summary>
public sealed record Snapshot
{
    /// <summary>The Rollout with the status as committed.</summary>
    public required Rollout Rollout { get; init; }

    /// <summary>The ReplicaSets that the Rollout controls.</summary>
    public required IReadOnlyList<ObservedReplicaSet> ReplicaSets { get; init; }

    /// <summary>ReplicaSets and Releases that the Rollout, or one of its name before it, has made, and that nobody controls.</summary>
    public IReadOnlyList<ObservedOrphan> Orphans { get; init; } = [];

    /// <summary>The Rollout's Releases, in the order of their numbers.</summary>
    public required IReadOnlyList<Release> Releases { get; init; }

    /// <summary>The Migrations that carry the Rollout's name.</summary>
    public required IReadOnlyList<Migration> Migrations { get; init; }

    /// <summary>
    /// Name of the contract Migration that holds this Rollout's lock, by a live read, where pods of a new revision may be about to be started; null when none does.
    /// </summary>
    public string? ContractHolder { get; init; }

    /// <summary>The Jobs of its checks, in the order of their names. That one is missing which the status waits for was confirmed by a live read.</summary>
    public IReadOnlyList<ObservedCheck> Checks { get; init; } = [];

    /// <summary>
    /// The Decisions about this Rollout that are not answered yet, in the order of their creation. That one which the status does not know is unanswered was
    /// confirmed by a live read.
    /// </summary>
    public required IReadOnlyList<Api.Decision> Decisions { get; init; }

    /// <summary>Those AnalysisTemplates that the spec names and that exist; that one is missing was confirmed by a live read.</summary>
    public IReadOnlyList<AnalysisTemplate> Templates { get; init; } = [];

    /// <summary>Whether the names in Decisions are proven.</summary>
    public required IdentityProof Identity { get; init; }

    /// <summary>The newest measurements of the release in flight.</summary>
    public required IReadOnlyList<Measured> Measurements { get; init; }

    /// <summary>What the operator's configuration says to the metrics of the spec, and of the release in flight.</summary>
    public required MetricSourceCheck SpecSource { get; init; }

    /// <summary>As <see cref="SpecSource"/>, for the plan of the release in flight.</summary>
    public required MetricSourceCheck ReleaseSource { get; init; }

    /// <summary>Route and sides of the plan in force, read live; null without a router, or while the Rollout is being deleted.</summary>
    public ObservedTraffic? Traffic { get; init; }

    /// <summary>Sides that the Rollout has steered by, and no longer names: their labels are still to be given back.</summary>
    public IReadOnlyList<ObservedSide> FormerSides { get; init; } = [];

    /// <summary>The Deployment that the spec's workloadRef names; null without one, and where there is none, which was confirmed by a live read.</summary>
    public ObservedDeployment? Deployment { get; init; }

    /// <summary>What another Rollout's spec says against the Deployment of this one's.</summary>
    public IReadOnlyList<FieldError> WorkloadErrors { get; init; } = [];

    /// <summary>What another Rollout's spec says against the route and Services of this one's.</summary>
    public IReadOnlyList<FieldError> RouteErrors { get; init; } = [];

    /// <summary>Who changed the spec last, by field manager; null when that is not known.</summary>
    public required string? ChangedBy { get; init; }

    /// <summary>How often progress figures may be written into the status while nothing else changes.</summary>
    public required TimeSpan ProgressInterval { get; init; }

    public ObservedReplicaSet? ReplicaSetOf(string? revision) => revision is null ? null : ReplicaSets.FirstOrDefault(set => set.Revision == revision);

    public Release? ReleaseNamed(string? name) => name is null ? null : Releases.FirstOrDefault(release => release.Metadata.Name == name);
}

/// <summary>A ReplicaSet and its pods.</summary>
public sealed record ObservedReplicaSet
{
    public required string Name { get; init; }

    /// <summary>Fences every write that rests on this observation.</summary>
    public required string ResourceVersion { get; init; }

    public required string Uid { get; init; }

    public required string Revision { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary><c>spec.replicas</c>.</summary>
    public required int Desired { get; init; }

    /// <summary>Pods that exist and are not terminating.</summary>
    public required int Pods { get; init; }

    public required int Ready { get; init; }

    /// <summary><c>spec.minReadySeconds</c>.</summary>
    public int MinReadySeconds { get; init; }

    /// <summary>Ready for minReadySeconds.</summary>
    public required int Available { get; init; }

    /// <summary>False while the ReplicaSet controller has not seen the newest spec: its figures are of the old one.</summary>
    public required bool IsCurrent { get; init; }

    public required IReadOnlyList<ObservedPod> PodList { get; init; }

    /// <summary>Why pods that are missing could not be created: a quota, a policy, an account that is not there. Null when none was refused.</summary>
    public string? CreateFailure { get; init; }

    /// <summary>Whether it has so many pods, no more and no fewer, and all of them are available.</summary>
    public bool IsWholeAt(int replicas) => Desired == replicas && Pods == replicas && Available >= replicas;

    /// <summary>Pods that have never been ready and are not terminating.</summary>
    public int NeverReady => PodList.Count(pod => pod is { WasReady: false, IsTerminating: false });

    public bool HasTerminatingPods => PodList.Any(pod => pod.IsTerminating);
}

/// <summary>What matters of a pod.</summary>
public sealed record ObservedPod
{
    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required bool IsReady { get; init; }

    /// <summary>Since when it is ready; null while it is not.</summary>
    public required DateTimeOffset? ReadySince { get; init; }

    /// <summary>Whether it is, or has been, ready.</summary>
    public required bool WasReady { get; init; }

    public required bool IsTerminating { get; init; }

    /// <summary>The most that any of its containers was restarted.</summary>
    public required int Restarts { get; init; }

    /// <summary>Why it waits, such as ErrImagePull, CrashLoopBackOff or Unschedulable; null when it does not.</summary>
    public string? WaitingReason { get; init; }

    public string? WaitingMessage { get; init; }
}

/// <summary>What the administrator's configuration says to a plan's metrics.</summary>
/// <param name="ScrapeInterval">How often the source learns of the counters.</param>
/// <param name="Errors">Unknown source, a namespace that may not use it, queries that cannot be built.</param>
public sealed record MetricSourceCheck(TimeSpan ScrapeInterval, IReadOnlyList<FieldError> Errors)
{
    /// <summary>For a plan without metrics.</summary>
    public static MetricSourceCheck None { get; } = new(TimeSpan.Zero, []);
}
