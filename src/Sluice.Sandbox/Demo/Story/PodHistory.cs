using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>How many pods of a Rollout were available at every moment, from the pods' own conditions. Thread-safe.</summary>
internal sealed class PodHistory(string rollout)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _available = [];
    private readonly Dictionary<string, DateTimeOffset> _firstCreated = [];
    private bool _guarding;
    private int _changes;
    private int _lowest;

    /// <summary>Whether it is one of the Rollout's serving pods; those of migrations are not.</summary>
    public bool Concerns(V1Pod pod) => pod.Metadata.Label(Labels.Rollout) == rollout && pod.Metadata.ControllerOwner()?.Kind == "ReplicaSet";

    /// <summary>Ready, and not being deleted: minReadySeconds is 0 in the demo.</summary>
    public static bool IsAvailable(V1Pod pod) => pod.Metadata.DeletionTimestamp is null
        && pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    /// <summary>From now on the lowest number of available pods is kept. False, and nothing begins, while there are fewer than <paramref name="required"/>.</summary>
    public bool TryGuard(int required)
    {
        lock (_gate)
        {
            if (_available.Count < required) return false;
            (_guarding, _changes, _lowest) = (true, 0, _available.Count);
            return true;
        }
    }

    public AvailabilityReport Report()
    {
        lock (_gate) return new AvailabilityReport(_lowest, _changes);
    }

    /// <summary>When the first pod of a revision was created; null when there never was one.</summary>
    public DateTimeOffset? FirstCreated(string revision)
    {
        lock (_gate) return _firstCreated.TryGetValue(revision, out var at) ? at : null;
    }

    /// <summary>Follows one change of a watch, in the order of the server.</summary>
    public void Observe(V1Pod? old, V1Pod? current)
    {
        if ((current ?? old) is not { } pod || !Concerns(pod)) return;
        lock (_gate)
        {
            if (current is not null && IsAvailable(current)) _available.Add(NameOf(pod));
            else _available.Remove(NameOf(pod));
            if (pod.Metadata.CreationTimestamp is { } at && pod.Metadata.Label(Labels.Revision) is { } revision) _firstCreated.TryAdd(revision, at);
            if (!_guarding) return;
            _changes++;
            _lowest = Math.Min(_lowest, _available.Count);
        }
    }

    private static string NameOf(V1Pod pod) => pod.Metadata.Name ?? "";
}

/// <summary>The fewest pods that were available at any moment since guarding began, and how many changes of pods were looked at.</summary>
internal sealed record AvailabilityReport(int Lowest, int Changes);
