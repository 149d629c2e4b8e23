using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>Everything in the namespace of the demo at one moment, as its own watches show it.</summary>
internal sealed record Scene(Rollout? Rollout, IReadOnlyList<Release> Releases, IReadOnlyList<Migration> Migrations, IReadOnlyList<V1Pod> Pods)
{
    public Release? ReleaseNamed(string? name) => Releases.FirstOrDefault(release => release.Metadata.Name == name);

    /// <summary>The expand migration that a release asked for.</summary>
    public Migration? MigrationOf(string? release) => Migrations.FirstOrDefault(migration => migration.Spec.Release == release);

    /// <summary>
    /// Whether the operator has answered this generation of the spec, or a later one, nothing is in flight any more, and the last release has been told.
    /// The watches of the kinds run independently: the Release's end may be seen after the Rollout's.
    /// </summary>
    public bool IsSettled(long generation) =>
        Rollout is { Metadata.Generation: { } present, Status: { Release: null, Phase: Phase.Healthy or Phase.Degraded, ObservedGeneration: { } observed } status }
        && present >= generation && observed >= generation
        && ReleaseNamed(status.LastRelease?.Name)?.Status?.Outcome is not null;
}
