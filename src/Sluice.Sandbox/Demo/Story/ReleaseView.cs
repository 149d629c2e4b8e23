using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>A release as people want to see it, from the Rollout's status while it runs and from its Release when it has ended.</summary>
internal sealed record ReleaseView
{
    /// <summary>Name of the Release; empty before there is one.</summary>
    public string Name { get; private init; } = "";

    public Phase? Phase { get; private init; }

    public string Message { get; private init; } = "";

    /// <summary>Null while it runs.</summary>
    public Outcome? Outcome { get; private init; }

    public int WeightAsked { get; private init; }

    public int WeightActual { get; private init; }

    public IReadOnlyList<Milestone> Milestones { get; private init; } = [];

    public IReadOnlyList<PodGroup> Pods { get; private init; } = [];

    public IReadOnlyList<MetricView> Metrics { get; private init; } = [];

    public IReadOnlyList<TimelineEntry> Timeline { get; private init; } = [];

    public Migration? Migration { get; private init; }

    /// <summary>The release of a generation of the spec; before the operator has taken notice of it there is only the pods to show.</summary>
    public static ReleaseView Of(Scene scene, long generation)
    {
        var status = scene.Rollout?.Status;
        if (scene.Rollout is not { } rollout || status is null || (status.ObservedGeneration ?? 0) < generation)
        {
            return new ReleaseView { Message = "the operator has not answered yet", Pods = PodGroup.Of(scene.Pods, status) };
        }

        var name = status.Release?.Name ?? status.LastRelease?.Name ?? "";
        var ended = status.Release is null ? scene.ReleaseNamed(name)?.Status : null;
        var timeline = status.Release?.Timeline ?? ended?.Timeline ?? [];
        return new ReleaseView
        {
            Name = name,
            Phase = status.Phase,
            Message = status.Message ?? "",
            Outcome = status.Release is null ? status.LastRelease?.Outcome : null,
            WeightAsked = status.Canary?.Weight ?? 0,
            WeightActual = status.Canary?.ActualWeight ?? 0,
            Milestones = Milestone.Of(rollout.Spec, timeline, IsFirst(status.Release, timeline)),
            Pods = PodGroup.Of(scene.Pods, status),
            Metrics = MetricView.Of(rollout.Spec.Analysis, status.Release?.Analysis ?? ended?.Analysis ?? []),
            Timeline = timeline,
            Migration = scene.MigrationOf(name),
        };
    }

    private static bool IsFirst(ReleaseProgress? inFlight, IReadOnlyList<TimelineEntry> timeline) => inFlight is not null
        ? inFlight.PreviousRevision is null
        : timeline.Any(entry => entry.To == nameof(Stage.Promoting)) && timeline.All(entry => entry.To != nameof(Stage.Starting));
}

/// <summary>The serving pods of one revision.</summary>
/// <param name="Version">Tag of their image.</param>
/// <param name="Role">stable, canary, or nothing for pods on their way out.</param>
/// <param name="Available">Ready ones.</param>
/// <param name="Starting">Not ready yet, or not any more.</param>
/// <param name="Terminating">Those being deleted, ready or not.</param>
internal sealed record PodGroup(string Version, string Role, int Available, int Starting, int Terminating)
{
    /// <summary>Ordered by age of the revision, the oldest first.</summary>
    public static IReadOnlyList<PodGroup> Of(IReadOnlyList<V1Pod> pods, RolloutStatus? status) =>
    [
        .. pods.GroupBy(pod => pod.Metadata.Label(Labels.Revision) ?? "")
            .OrderBy(group => group.Min(pod => pod.Metadata.CreationTimestamp))
            .ThenBy(group => VersionOf(group.First()))
            .Select(group => new PodGroup(
                VersionOf(group.First()),
                group.Key == status?.Canary?.Revision ? "canary" : group.Key == status?.Stable?.Revision ? "stable" : "",
                group.Count(PodHistory.IsAvailable),
                group.Count(pod => pod.Metadata.DeletionTimestamp is null && !PodHistory.IsAvailable(pod)),
                group.Count(pod => pod.Metadata.DeletionTimestamp is not null))),
    ];

    private static string VersionOf(V1Pod pod)
    {
        var image = pod.Spec?.Containers is [var container, ..] ? container.Image ?? "" : "";
        return image[(image.LastIndexOf(':') + 1)..];
    }
}
