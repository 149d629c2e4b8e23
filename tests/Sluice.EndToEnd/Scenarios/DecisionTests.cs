using Sluice.Api;
using Sluice.EndToEnd.Support;

namespace Sluice.EndToEnd.Scenarios;

/// <summary>A person at kubectl decides about a release.</summary>
public sealed class DecisionTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    private const string Gated = "[{setWeight: 20}, {pause: {}}, {setWeight: 40}, {gate: {name: business}}]";

    [Fact]
    public Task A_release_waits_for_people_and_kubectl_shows_what_they_decided() => RunAsync(async shop =>
    {
        await shop.ApplyAsync(new Payments { Steps = Gated });
        await shop.UntilHealthyAsync();
        await shop.ApplyAsync(new Payments { Version = 2, Steps = Gated });
        var revision = (await shop.UntilAsync(status => status.Release?.Step?.Kind == StepKind.Pause)).Release!.Revision;

        (await shop.TryApplyAsync("apiVersion: sluice.dev/v1alpha1\nkind: Decision\nmetadata: {name: forgotten}\nspec: {rollout: payments, action: Continue, by: alice, reason: because}"))
            .Error.ShouldContain("revision is required");
        (await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Continue, Revision = "0000000000" })).State.ShouldBe(DecisionState.Superseded);
        (await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Continue, Revision = revision })).State.ShouldBe(DecisionState.Applied);
        await shop.UntilAsync(status => status.Release?.Step?.Gate == "business");
        (await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Approve, Gate = "business", Revision = revision, By = "bob@example.com", Reason = "accepted" })).State.ShouldBe(DecisionState.Applied);
        await shop.UntilHealthyAsync();
        (await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Abort })).State.ShouldBe(DecisionState.Late);

        var table = await shop.KubectlAsync("get", "decisions", "--sort-by=.metadata.creationTimestamp");
        table.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["NAME", "ROLLOUT", "ACTION", "BY", "STATE", "RELEASE", "AGE"]);
        table.ShouldContain("Superseded");
        (await shop.KubectlAsync("get", "decisions", "-o", "wide", "--field-selector", "spec.action=Abort")).ShouldContain("has ended as Promoted");
        (await shop.KubectlAsync("describe", "release", "payments-2")).ShouldContain("bob@example.com");
        var described = "";
        (await Shop.EventuallyAsync(
            async () =>
            {
                described = await shop.KubectlAsync("describe", "decisions");
                return LiveSandbox.ExternalKubeconfig is not null || described.Contains("Events:", StringComparison.Ordinal) && described.Contains("Late", StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(30))).ShouldBeTrue(described);
    });

    [Fact]
    public async Task A_Decision_made_while_no_operator_runs_is_applied_once_when_one_does()
    {
        var environment = await Sandbox.StartedAsync(Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);
        var running = await environment.StartFurtherOperatorAsync("decided", ["--namespace", shop.Namespace], Ct);
        const string Pauses = "[{setWeight: 20}, {pause: {}}, {setWeight: 40}, {pause: {}}]";
        await shop.ApplyAsync(new Payments { Steps = Pauses });
        await shop.UntilHealthyAsync();
        await shop.ApplyAsync(new Payments { Version = 2, Steps = Pauses });
        var revision = (await shop.UntilAsync(status => status.Release?.Step?.Kind == StepKind.Pause)).Release!.Revision;

        await running.KillAsync();
        await running.DisposeAsync();
        var decision = await shop.CreateDecisionAsync(new DecisionSpec { Action = DecisionAction.Continue, Revision = revision });
        await using var next = await environment.StartFurtherOperatorAsync("decided", ["--namespace", shop.Namespace], Ct);

        (await shop.AnswerAsync(decision)).State.ShouldBe(DecisionState.Applied);
        var status = await shop.UntilAsync(status => status.Release?.Step?.Index == 3);
        status.Release!.Decisions.ShouldHaveSingleItem().Name.ShouldBe(decision);
        (await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Abort, Reason = "enough" })).State.ShouldBe(DecisionState.Applied);
        (await shop.UntilAsync(status => status is { Release: null, Phase: Phase.Degraded })).LastRelease!.Message.ShouldBe("aborted by alice@example.com: enough");
    }

    [Fact]
    public Task A_Rollout_says_that_names_are_not_proven_where_no_admission_policy_is() => RunAsync(async shop =>
    {
        Assert.SkipWhen(LiveSandbox.ExternalKubeconfig is not null, "another API server may have the policy");

        await shop.ApplyAsync(new Payments());

        await shop.UntilAsync(status => status.Conditions.Any(condition => condition is { Type: ConditionTypes.IdentityEnforced, Status: "False", Reason: Reasons.ForgeryAccepted }));
    });
}
