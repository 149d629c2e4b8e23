using Sluice.Api;
using Sluice.Engine.Decisions;

namespace Sluice.Engine.Releases.Stages;

/// <summary>The beginning of a release: its number and revision are announced in the status before anything else is done.</summary>
internal static class Start
{
    public static Decision.Transition Release(Pass pass)
    {
        var number = NextNumber(pass);
        var name = Plans.ObjectNames.Release(pass.Name, number);
        var previous = pass.Status.Stable?.Revision;
        var message = previous is null
            ? $"release {number}: first deployment of revision {pass.DesiredRevision}"
            : $"release {number}: revision {pass.DesiredRevision} after {previous}";
        if (RollbackWindow.Covers(pass)) message = $"{message}, without steps: it is within the rollbackWindow of {pass.Rollout.Spec.RollbackWindow}";
        var asked = AskedBy(pass);
        if (asked is not null) message = $"{message} ({asked.Action} by {asked.By}: {asked.Reason})";
        var release = new ReleaseProgress
        {
            Name = name,
            Number = number,
            Revision = pass.DesiredRevision,
            PreviousRevision = previous,
            Stage = Stage.Pending,
            StageStartedAt = pass.Now,
            StartedAt = pass.Now,
            Cause = asked?.Reason ?? pass.Rollout.Metadata.Annotation(Annotations.ChangeCause),
            ChangedBy = asked?.By ?? pass.Snapshot.ChangedBy,
            Decisions = asked is null ? [] : [asked],
            Verdict = pass.SpecPlan?.Analysis is null || previous is null ? null : Verdict.Inconclusive,
        };
        var status = pass.Status with
        {
            RefusedGeneration = null,
            OwedContracts = pass.Status is { Stable: null, LastRelease: null } ? OwedContracts.Recalled(pass) : pass.Status.OwedContracts,
            Canary = new CanaryStatus { Revision = pass.DesiredRevision, Images = Images.Of(pass.Template) },
            Release = Transitions.WithEntry(pass, release, "", nameof(Stage.Pending), Reasons.Progressing, message),
        };
        return Transitions.Say(pass, status, new Outlook(Phase.Progressing, Reasons.Progressing, message), isWarning: false, "ReleaseStarted", "Release", message);
    }

    /// <summary>The RollBack or Retry that this release is owed to; null when it is the spec's.</summary>
    private static DecisionRecord? AskedBy(Pass pass) =>
        pass.Hold?.Decision ?? (pass.Status.LastRelease is { Retry: { } retry } last && IsOf(last, retry, pass.DesiredRevision) ? retry : null);

    private static bool IsOf(LastRelease last, DecisionRecord retry, string revision) => retry.Subject is { } subject ? subject == $"{Subjects.Revision}{revision}" : last.Revision == revision;

    /// <summary>
    /// One more than the highest that exists: of the Releases, of what the status remembers, and of the Migrations, which outlive a Rollout that is deleted
    /// and created again and whose names hold the number of their release, and of the one after which an owed contract was tried.
    /// </summary>
    public static int NextNumber(Pass pass) => pass.Snapshot.Releases.Select(release => release.Spec.Number)
        .Concat(pass.Snapshot.Migrations.Select(migration => Math.Max(Plans.ObjectNames.NumberIn(migration.Spec.Release), Plans.ObjectNames.NumberIn(migration.Metadata.Name ?? ""))))
        .Append(pass.Status.Release?.Number ?? 0)
        .Append(Plans.ObjectNames.NumberIn(pass.Status.LastRelease?.Name ?? ""))
        .Max() + 1;
}
