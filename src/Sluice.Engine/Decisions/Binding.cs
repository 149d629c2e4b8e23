using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions;

/// <summary>Which release and revision a Decision is about. What was said of one never counts for another.</summary>
internal static class Binding
{
    /// <summary>Why the Decision is not about the present release and revision; null when it is.</summary>
    public static Ruling? Objection(Petition petition)
    {
        if (Incomplete(petition.Spec) is { } field) return Ruling.Refused($"spec.{field} is required");
        if (petition.CreatedAt < petition.Pass.Rollout.Metadata.CreationTimestamp)
        {
            return Ruling.Superseded($"it is older than {petition.Pass.Name}: it is about an earlier Rollout of that name");
        }

        if (petition.CurrentRelease is not { } current)
        {
            return (petition.Spec.Release ?? petition.Spec.Revision) is null || (petition.Spec.Release is null && IsOfTheFloor(petition))
                ? null
                : Ruling.Superseded($"it is about {petition.Spec.Release ?? $"revision {petition.Spec.Revision}"}, and {petition.Pass.Name} has no release yet");
        }

        if (petition.Spec.Release is { } meant ? meant != current : !ExistedThen(petition))
        {
            return Ruling.Superseded($"it is about {petition.Spec.Release ?? "an earlier release"}; the present one is {current}");
        }

        return petition.Spec.Revision is { } revision && !IsPresent(petition, revision) && !IsOfTheFloor(petition)
            ? Ruling.Superseded($"it is about revision {revision}; the present one is {petition.CurrentRevision}")
            : null;
    }

    /// <summary>The revision of the present release; of a Retry also the one that a RollBack holds.</summary>
    private static bool IsPresent(Petition petition, string revision) =>
        revision == petition.CurrentRevision || (petition.Spec.Action == DecisionAction.Retry && revision == petition.Pass.Hold?.HeldRevision);

    /// <summary>What is kept from running by the schema floor is the spec's revision, and not that of a release.</summary>
    private static bool IsOfTheFloor(Petition petition) =>
        petition.Spec is { Action: DecisionAction.Override, Subject: { } subject } && subject.StartsWith(Subjects.Floor, StringComparison.Ordinal) && petition.Spec.Revision == petition.Pass.DesiredRevision;

    /// <summary>
    /// Whether the present release was there when the Decision was made. Times have whole seconds: a Decision of the second in which it began is about the
    /// release before, if that had not ended earlier, unless it names the new revision.
    /// </summary>
    private static bool ExistedThen(Petition petition)
    {
        var pass = petition.Pass;
        var record = pass.Snapshot.ReleaseNamed(petition.CurrentRelease);

        // The API server's clock, which is the Decision's too; the operator's own where somebody has deleted the Release.
        var began = record?.Metadata.CreationTimestamp ?? (petition.Flight is { } flight ? flight.StartedAt : petition.Last?.FinishedAt) ?? pass.Now;
        if (petition.CreatedAt != began) return petition.CreatedAt > began;

        var before = pass.Snapshot.Releases.LastOrDefault(release => release.Spec.Number < (record?.Spec.Number ?? petition.Flight?.Number ?? 0));
        return !(before?.Status?.FinishedAt >= began) || (petition.Spec.Revision == petition.CurrentRevision && before?.Spec.Revision != petition.CurrentRevision);
    }

    /// <summary>The first field that is missing: the same rules as in the CRD, whose schema may be older or newer than the object.</summary>
    private static string? Incomplete(DecisionSpec spec) => spec switch
    {
        { Action: null } => "action",
        { By: "" } => "by",
        { Revision: null, Action: DecisionAction.Continue or DecisionAction.PromoteFull or DecisionAction.Approve or DecisionAction.Reject or DecisionAction.Override } => "revision",
        { Gate: null, Action: DecisionAction.Approve or DecisionAction.Reject } => "gate",
        { ToRelease: null, Action: DecisionAction.RollBack } => "toRelease",
        { Subject: null, Action: DecisionAction.Override } => "subject",
        { Ticket: null, Action: DecisionAction.Override } => "ticket",
        _ => null,
    };
}
