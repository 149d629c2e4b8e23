using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>Everything in the namespace of the demo at one moment, as its own watches show it.</summary>
internal sealed record Scene(Rollout? Rollout, IReadOnlyList<Release> Releases, IReadOnlyList<Migration> Migrations, IReadOnlyList<V1Pod> Pods)
{
    public Release? ReleaseNamed(string? name) => Releases.FirstOrDefault(release => release.Metadata.Name == name);

    /// <summary>The expand migration that a release asked for.</summary>
    public Migration? MigrationOf(string? release) => Migrations.FirstOrDefault(migration => migration.Spec.Release == release);

    /// <summary>Whether the operator has answered this generation of the spec, or a later one, and nothing is in flight any more.</summary>
    public bool IsSettled(long generation) =>
        Rollout is { Metadata.Generation: { } present, Status: { Release: null, Phase: Phase.Healthy or Phase.Degraded, ObservedGeneration: { } observed } }
        && present >= generation && observed >= generation;
}
