using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Traffic;

/// <summary>A Service or subset that asks for labels which the pods of a revision do not have: turned to that revision it would lead nowhere.</summary>
internal static class SelectorMismatch
{
    /// <summary>What the first of the sides asks for in vain, of the release in flight or else of the revision that is to run; null when both lead to its pods.</summary>
    public static string? Of(Pass pass, ObservedTraffic seen)
    {
        var revision = pass.Status.Release?.Revision ?? pass.DesiredRevision;
        return Of(pass, seen.Stable, revision) ?? Of(pass, seen.Canary, revision);
    }

    /// <summary>What it asks for in vain of the pods of a revision; null when it leads to them, and when nobody knows them.</summary>
    public static string? Of(Pass pass, ObservedSide side, string revision)
    {
        if ((pass.ReleaseOf(revision)?.Spec.Template ?? SpecTemplate.Find(pass.Snapshot)) is not { } template) return null;

        foreach (var (key, value) in side.Selector.Where(label => label.Key != Labels.Rollout).OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            if (template.Metadata.Labels?.GetValueOrDefault(key) != value) return $"{side.Side} selects {key}={value}, a label that the pods of revision {revision} do not have";
        }

        return side.Selector.GetValueOrDefault(Labels.Rollout) is { } rollout && rollout != pass.Name ? $"{side.Side} selects the pods of Rollout {rollout}" : null;
    }
}
