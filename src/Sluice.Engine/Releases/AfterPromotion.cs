using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>What comes once a revision is promoted and has soaked: the contracts that are due, and then its end.</summary>
internal static class AfterPromotion
{
    public static Decision.Transition Next(Pass pass, ReleaseProgress release, string message)
    {
        var due = DueContracts.Of(pass, release);
        if (due.Count == 0) return Finish(pass, release, [], message);

        // Old pods go at once, or after their scale-down delay.
        var plan = pass.PlanInForce;
        var told = ContractTime.Told(pass, release, due, release.Migration?.Contract?.EligibleAt ?? pass.Now);
        var status = Transitions.Enter(pass, told, Stage.Contracting, plan.ProgressDeadline + (plan.Traffic?.ScaleDownDelay ?? TimeSpan.Zero), Reasons.Promoted, message);
        return Transitions.Say(
            pass,
            status,
            new Outlook(Phase.Progressing, Reasons.Contracting, $"revision {release.Revision} is promoted: {due[0].Migration} follows once the old pods are gone{ContractTime.Until(pass, told)}"),
            isWarning: false,
            nameof(Stage.Contracting),
            "Advance",
            $"release {release.Number}: {message}; the contract follows");
    }

    /// <summary>Promoted, and nothing is left to do but what is owed. What a release owes is settled when it ends first: by a Retry nothing is added, and nothing forgotten.</summary>
    public static Decision.Transition Finish(Pass pass, ReleaseProgress release, IReadOnlyList<OwedContract> owed, string message)
    {
        var finished = Transitions.Finish(pass, release, Outcome.Promoted, Reasons.Promoted, message);
        if (Reopening.IsOne(pass, release)) return finished;

        var dropped = DueContracts.Dropped(pass, release);
        var status = finished.Status with { OwedContracts = [.. owed.TakeLast(RolloutStatus.MaxOwedContracts - dropped.Count), .. dropped] };
        return finished with
        {
            Status = StatusView.Refresh(pass, status, new Outlook(Phase.Progressing, Reasons.Progressing, message)),
            Announcements = [.. finished.Announcements, .. dropped.Select(one => new Announcement(IsWarning: false, Reasons.ContractDropped, "Contract", StatusText.Shorten($"the contract of {one.Release} is not owed any more: {one.Message}")))],
        };
    }

    /// <summary>Promoted; the contracts that were due wait for the next promotion.</summary>
    public static Decision.Transition Owe(Pass pass, ReleaseProgress release, IReadOnlyList<DueContract> due, string why, string message)
    {
        var finished = Finish(pass, release, [.. due.Select(one => Owed(one, why))], message);
        if (due.Count == 0 || Reopening.IsOne(pass, release)) return finished;

        var told = $"release {release.Number}: {string.Join(" and ", due.Select(one => $"the contract of {one.Spec.Release}"))} waits for the next promotion: {why}";
        return finished with { Announcements = [.. finished.Announcements, new Announcement(IsWarning: true, Reasons.ContractOwed, "Contract", StatusText.Shorten(told))] };
    }

    private static OwedContract Owed(DueContract due, string why) => new() { Release = due.Spec.Release, Number = ObjectNames.NumberIn(due.Spec.Release), Message = StatusText.Shorten(why, StatusText.MaxEntryLength) };
}
