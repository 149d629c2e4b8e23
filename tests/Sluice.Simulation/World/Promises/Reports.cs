using System.Text.Json;
using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>Phase, conditions and generation say the same, in kstatus' words; the status stays small.</summary>
internal sealed class Reports : IPromise
{
    private const int MaxStatus = 64 * 1024;
    private const int MaxMessage = 1024;

    private int lastSize;

    public void Check(Write write)
    {
        if (!write.IsReport(out var before, out var after)) return;

        var status = after.Status!;
        CheckGeneration(before, after, status);
        CheckConditions(after, status);
        Promise.Keep(status.Message?.Length <= MaxMessage && (status.Release?.Timeline.All(entry => entry.Message?.Length <= MaxMessage || entry.Message is null) ?? true), "messages are bounded", $"{status.Message?.Length}");
        CheckSize(write);
    }

    private static string? ImagesOf(Rollout rollout)
    {
        if (rollout.Spec.Template?.Spec is not { ValueKind: JsonValueKind.Object } spec || !spec.TryGetProperty("containers", out var containers) || containers.ValueKind != JsonValueKind.Array) return null;

        var images = containers.EnumerateArray().Select(container => container.ValueKind == JsonValueKind.Object && container.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.String ? image.GetString() : null).ToList();
        return images.Count > 20 || images.Exists(image => image is not { Length: > 0 and <= 512 }) ? null : string.Join(',', images);
    }

    private static void CheckGeneration(Rollout before, Rollout after, RolloutStatus status)
    {
        Promise.Keep(status.ObservedGeneration <= after.Metadata.Generation && !(status.ObservedGeneration < before.Status?.ObservedGeneration), "observedGeneration is never ahead and never falls", $"{before.Status?.ObservedGeneration} became {status.ObservedGeneration} of {after.Metadata.Generation}");
        if (status.ObservedGeneration != after.Metadata.Generation) return;

        // What is not a word that fits is shortened or left out in a status.
        if (ImagesOf(after) is { } images) Promise.Keep(status.Images == images, "a status of the newest generation is about the newest spec", $"generation {status.ObservedGeneration}, images {status.Images}, the spec has {images}");

        // With an answer to a Decision phase and conditions stay as they are: what follows from it is said in the next pass.
        var isQuiet = AppliedDecisions.New(before, after).Any() || before.Status?.RolledBackTo is null != status.RolledBackTo is null;
        if (status.Phase == Phase.Healthy && !isQuiet) CheckHealthy(after, status);
    }

    private static void CheckHealthy(Rollout after, RolloutStatus status)
    {
        Promise.Keep(status.Release is null && status.Stable is not null && status.LastRelease is not { Held: true }, "a healthy Rollout has nothing in flight and nothing held", $"{status.Release?.Stage}, held {status.LastRelease?.Held}");
        Promise.Keep(status.Stable!.Revision == status.Revision && status.Canary is null && status.RolledBackTo is null, "a healthy Rollout runs the spec's revision", $"stable {status.Stable.Revision}, the spec's {status.Revision}");
        Promise.Keep(status.Stable.Available >= after.Spec.Replicas, "a healthy Rollout has its pods", $"{status.Stable.Summary} of {after.Spec.Replicas}");
    }

    /// <summary>Phase and conditions say the same, in kstatus' words.</summary>
    private static void CheckConditions(Rollout after, RolloutStatus status)
    {
        var conditions = status.Conditions.ToDictionary(condition => condition.Type);
        var (isHealthy, isInvalid) = (status.Phase == Phase.Healthy, conditions.GetValueOrDefault(ConditionTypes.Stalled)?.Reason == Reasons.InvalidSpec);
        var isStalled = status.Phase == Phase.Degraded || isInvalid;
        var words = string.Join(", ", status.Conditions.Select(condition => $"{condition.Type} {condition.Status} {condition.Reason}"));
        Promise.Keep(conditions.GetValueOrDefault(ConditionTypes.Ready)?.Status == (isHealthy ? "True" : "False"), "Ready is True when healthy", $"{status.Phase}: {words}");
        Promise.Keep(conditions.ContainsKey(ConditionTypes.Reconciling) == (!isHealthy && !isStalled), "Reconciling while something is going on", $"{status.Phase}: {words}");
        Promise.Keep(conditions.ContainsKey(ConditionTypes.Stalled) == isStalled, "Stalled when only a person can help", $"{status.Phase}: {words}");
        Promise.Keep(conditions.ContainsKey(ConditionTypes.Available), "Available is always told", $"{words}");
        Promise.Keep(status.Conditions.All(condition => condition.ObservedGeneration <= after.Metadata.Generation), "a condition is of a generation that there is", $"{words}");
        Promise.Keep(status.Release?.Stage != Stage.RollingBack || status.Phase is Phase.RollingBack or Phase.Degraded || isInvalid || status.Phase == Phase.Paused == false, "a rollback is called one", $"{status.Phase}");
    }

    /// <summary>Writing it down costs more than all other promises: only a status whose parts have grown is measured.</summary>
    private void CheckSize(Write write)
    {
        var status = ((Rollout)write.After!).Status!;
        var parts = (status.Release?.Timeline.Count ?? 0) + (status.Release?.Analysis.Sum(metric => metric.Segments.Count) ?? 0) + status.Decisions.Count;
        if (parts <= lastSize) return;

        lastSize = parts;
        var size = write.Committed.After["status"]!.ToJsonString().Length;
        Promise.Keep(size < MaxStatus, "a status stays below 64 KiB", $"{size} bytes");
    }
}
