using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>Decisions: applied once at most, about the very release and revision, answered after their effect is committed; what only they may change, only they change.</summary>
internal sealed class DecisionAnswers(ReleaseWorld world) : IPromise
{
    private readonly HashSet<string> applied = [];
    private readonly Dictionary<(string Namespace, string Name), (string Pod, DateTimeOffset Since)> deployed = [];
    private readonly Dictionary<string, DateTimeOffset> heldSince = [];

    public void Check(Write write)
    {
        if (write.After is V1Deployment deployment) NoteTemplate(write, $"{deployment.Spec?.Template?.Spec}");
        if (write.IsReport(out var before, out var after)) CheckEffects(write, before, after);
        if (write is { IsTheOperators: true, Before: Decision open, After: Decision answered }) CheckAnswer(write, open, answered);
    }

    private void CheckEffects(Write write, Rollout before, Rollout after)
    {
        var decisions = world.Cluster.List<Decision>(after.Metadata.Namespace!);
        foreach (var answer in AppliedDecisions.New(before, after))
        {
            if (decisions.FirstOrDefault(candidate => candidate.Metadata.Uid == answer.Uid) is not { } decision) continue;
            CheckTurn(write, after, decision, decisions);
            if (answer is { Action: DecisionAction.Abort, State: DecisionState.Refused }) CheckRefusedAbort(before, answer);
            if (answer.State != DecisionState.Applied) continue;
            Promise.Keep(applied.Add(answer.Uid), "a Decision is applied once", $"{answer.Name}, a second time");
            CheckBinding(before, answer, decision);
        }

        Promise.Keep((before.Status?.Decisions ?? []).All(answer => after.Status!.Decisions.FirstOrDefault(kept => kept.Uid == answer.Uid) is not { } kept || kept.State == answer.State), "an answer never changes", $"{after.Metadata.Name}");
        CheckForgotten(before, after);
        CheckGuarded(write, before, after, AppliedDecisions.In(before, after));
    }

    private void NoteTemplate(Write deployment, string pod)
    {
        var key = (deployment.Namespace, deployment.Name);
        if (!deployed.TryGetValue(key, out var known) || known.Pod != pod) deployed[key] = (pod, deployment.At);
    }

    /// <summary>The spec is another one, or the Deployment whose template it names has another; of that a view may be behind.</summary>
    private bool AsksForAnother(Rollout rollout, RolloutStatus old) =>
        rollout.Metadata.Generation != old.ObservedGeneration
        || old.Revision != old.RolledBackTo!.HeldRevision
        || (deployed.TryGetValue((rollout.Metadata.Namespace!, rollout.Spec.WorkloadRef?.Name ?? ""), out var template) && template.Since >= heldSince.GetValueOrDefault(rollout.Metadata.Uid!) - (world.Disturbance ?? TimeSpan.FromMinutes(10)));

    /// <summary>A Rollout answers what is about itself, the oldest first; what it may not have seen yet apart.</summary>
    private void CheckTurn(Write write, Rollout after, Decision decision, IEnumerable<Decision> decisions)
    {
        Promise.Keep(decision.Spec.Rollout == after.Metadata.Name, "a Rollout answers Decisions about itself alone", $"{after.Metadata.Name} answers {decision.Metadata.Name}, which is about {decision.Spec.Rollout}");
        if (world.Disturbance is not { } disturbance) return;

        var seen = write.At - disturbance - TimeSpan.FromSeconds(1);
        var earlier = decisions.FirstOrDefault(other =>
            other.Spec.Rollout == decision.Spec.Rollout && other.Status?.State is null && after.Status!.Decisions.All(answer => answer.Uid != other.Metadata.Uid)
            && other.Metadata.CreationTimestamp < decision.Metadata.CreationTimestamp && other.Metadata.CreationTimestamp <= seen);
        Promise.Keep(earlier is null, "Decisions are answered in the order of their creation", $"{decision.Metadata.Name} of {decision.Metadata.CreationTimestamp:HH:mm:ss} before {earlier?.Metadata.Name} of {earlier?.Metadata.CreationTimestamp:HH:mm:ss}");
    }

    /// <summary>What is in flight can be taken back, paused or not, by whoever is who he says he is.</summary>
    private void CheckRefusedAbort(Rollout before, DecisionAnswer answer) => Promise.Keep(
        before.Status?.Release is null || answer.By.Length == 0 || world.Identity.Current is { IsRequired: true, IsEnforced: false },
        "a release in flight can be aborted",
        $"{answer.Name} was refused: {answer.Message}");

    private void CheckBinding(Rollout before, DecisionAnswer answer, Decision decision)
    {
        Promise.Keep(decision.Spec.Rollout == before.Metadata.Name && decision.Spec.Action == answer.Action && decision.Spec.By == answer.By, "an answer is to its Decision", $"{answer.Name}: {answer.Action} by {answer.By}");
        Promise.Keep(decision.Status?.State is null, "what is answered is not applied", $"{answer.Name} was {decision.Status?.State}");
        var (name, revision) = before.Status is { Release: { } release } ? (release.Name, release.Revision) : (before.Status?.LastRelease?.Name, before.Status?.LastRelease?.Revision);
        Promise.Keep(decision.Spec.Release is not { } named || named == name, "a Decision is about its release", $"{answer.Name} is about {decision.Spec.Release}, applied to {name}");
        Promise.Keep(decision.Spec.Revision is not { } meant || meant == revision || (decision.Spec.Action == DecisionAction.Retry && meant == before.Status?.RolledBackTo?.HeldRevision) || (decision.Spec.Subject?.StartsWith("floor/", StringComparison.Ordinal) == true && meant == before.Status?.Revision), "a Decision is about its revision", $"{answer.Name} is about {decision.Spec.Revision}, applied to {revision}");
        if (answer.Action is DecisionAction.Approve) Promise.Keep(before.Status?.Release?.Step?.Gate == decision.Spec.Gate, "an Approve passes the gate that it names", $"{answer.Name} is about {decision.Spec.Gate}, passed {before.Status?.Release?.Step?.Gate}");
        if (answer.Action is DecisionAction.Continue or DecisionAction.PromoteFull or DecisionAction.Approve)
        {
            Promise.Keep(before.Status?.Release?.Verdict != Verdict.Fail && before.Status?.PausedBy is null && !before.Spec.Paused, "no Decision leads on over a FAIL or a pause", $"{answer.Name} {answer.Action}");
        }

        if (answer.Action is DecisionAction.RollBack)
        {
            var target = world.Cluster.Get<Release>(before.Metadata.Namespace!, decision.Spec.ToRelease!);
            Promise.Keep(target is null || target.Status?.Outcome == Outcome.Promoted, "a person goes back to what was promoted", $"{answer.Name}: {decision.Spec.ToRelease} ended as {target?.Status?.Outcome}");
        }

        // By the API server's clock, in whole seconds.
        if (decision.Spec.Release is not null || before.Status?.Release is null || world.Cluster.Get<Release>(before.Metadata.Namespace!, name!) is not { } record) return;
        Promise.Keep(decision.Metadata.CreationTimestamp >= record.Metadata.CreationTimestamp, "a Decision of before does not hit the next release", $"{answer.Name} of {decision.Metadata.CreationTimestamp:O}, {name} began {record.Metadata.CreationTimestamp:O}");
    }

    /// <summary>An answer that its Decision does not show yet is remembered: by it alone is known that it was applied.</summary>
    private void CheckForgotten(Rollout before, Rollout after)
    {
        foreach (var forgotten in (before.Status?.Decisions ?? []).Where(answer => after.Status!.Decisions.All(kept => kept.Uid != answer.Uid)))
        {
            var decision = world.Cluster.Get<Decision>(after.Metadata.Namespace!, forgotten.Name);
            Promise.Keep(decision?.Metadata.Uid != forgotten.Uid || decision.Status?.State is not null, "an answer is remembered until its Decision says it", $"{forgotten.Name} is forgotten");
        }
    }

    private void CheckGuarded(Write write, Rollout before, Rollout after, IReadOnlyList<DecisionAction?> actions)
    {
        var (old, now) = (before.Status ?? new RolloutStatus(), after.Status!);
        if (old.PausedBy is null != now.PausedBy is null)
        {
            Promise.Keep(actions.Contains(now.PausedBy is null ? DecisionAction.Resume : DecisionAction.Pause), "a Pause begins and ends by a person's Decision", $"paused by {old.PausedBy?.By} became {now.PausedBy?.By}");
        }

        if (old.RolledBackTo is null && now.RolledBackTo is not null) Promise.Keep(actions.Contains(DecisionAction.RollBack), "a person goes back to an earlier Release, nobody else", $"{now.RolledBackTo.Release}");
        if (old.RolledBackTo is null && now.RolledBackTo is not null) heldSince[after.Metadata.Uid!] = write.At;
        if (old.RolledBackTo is { } hold && now.RolledBackTo is null && actions.Count == 0)
        {
            Promise.Keep(AsksForAnother(after, old), "a hold lasts until the spec asks for another revision", $"{hold.HeldRevision} was let go");
        }

        if (old.LastRelease is { Held: true } held && now.LastRelease is { Held: false } free && held.Name == free.Name && actions.Count == 0)
        {
            Promise.Keep(now.Revision != held.Revision || now.RolledBackTo is not null, "a held revision is held until the spec asks for another one, or a Retry", $"{held.Revision} was let go");
        }

        foreach (var action in actions)
        {
            var isSo = action switch
            {
                DecisionAction.Pause => now.PausedBy is not null,
                DecisionAction.Resume => now.PausedBy is null,
                DecisionAction.Abort or DecisionAction.Reject => now.Release is { Stage: Stage.RollingBack or Stage.Finishing },
                DecisionAction.PromoteFull => now.Release is { Stage: Stage.Promoting },
                _ => true,
            };
            Promise.Keep(isSo, "a Decision that is applied has its effect", $"{action} left {now.Release?.Stage}, paused by {now.PausedBy?.By}");
        }
    }

    /// <summary>An answer is written once, into the status alone, and is what the Rollout's status says.</summary>
    private void CheckAnswer(Write write, Decision open, Decision answered)
    {
        Promise.Keep(open.Status?.State is null, "an answer never changes", $"{write.Name}: {open.Status?.State} became {answered.Status?.State}");
        if (world.Cluster.Get<Rollout>(write.Namespace, answered.Spec.Rollout) is not { } rollout)
        {
            Promise.Keep(answered.Status?.State == DecisionState.Refused, "nothing can be applied where there is no Rollout", $"{write.Name} is {answered.Status?.State}");
            return;
        }

        var known = rollout.Status?.Decisions.FirstOrDefault(answer => answer.Uid == answered.Metadata.Uid);
        Promise.Keep(known is not null && known.State == answered.Status?.State && known.Release == answered.Status?.Release, "the effect is committed before the answer", $"{write.Name} is {answered.Status?.State}, the Rollout says {known?.State.ToString() ?? "nothing"}");
    }
}
