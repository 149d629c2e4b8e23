using Sluice.Api;
using Sluice.EndToEnd.Support;

namespace Sluice.EndToEnd.Scenarios;

/// <summary>Jobs look at a canary before it is promoted.</summary>
public sealed class ChecksTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    [Fact]
    public Task A_release_goes_on_when_its_checks_succeed_and_back_when_they_do_not_and_kubectl_shows_what_they_said() => RunAsync(async shop =>
    {
        await shop.ApplyAsync(new Payments { Steps = Steps(0) });
        await shop.UntilHealthyAsync();
        await shop.ApplyAsync(new Payments { Version = 2, Steps = Steps(0) });
        await shop.UntilAsync(status => status.Release is { Number: 2, Step.Kind: StepKind.Checks });
        await shop.UntilHealthyAsync();

        (await shop.KubectlAsync("describe", "release", "payments-2")).ShouldSatisfyAllConditions(told => told.ShouldContain("smoke"), told => told.ShouldContain("42 requests"));
        (await shop.KubectlAsync("get", "jobs", "-l", "sluice.dev/checks=payments", "-o", "name")).ShouldContain("job.batch/payments-2-check-2-smoke-");

        await shop.ApplyAsync(new Payments { Version = 3, Steps = Steps(3) });
        var failed = await shop.UntilAsync(status => status is { Release: null, LastRelease: { Name: "payments-3", Outcome: Outcome.RolledBack } });

        failed.LastRelease!.ShouldSatisfyAllConditions(last => last.Reason.ShouldBe(Reasons.ChecksFailed), last => last.Message!.ShouldContain("smoke failed: the check exited with code 3"));
    });

    private static string Steps(int exitCode) => string.Join(
        "",
        "[{setWeight: 20}, {checks: {timeout: 2m, jobs: [{name: smoke, template: {",
        $"metadata: {{annotations: {{sandbox.sluice.dev/duration: 2s, sandbox.sluice.dev/exit-code: \"{exitCode}\", sandbox.sluice.dev/log: \"42 requests\"}}}}, ",
        $"spec: {{containers: [{{name: smoke, image: \"{TestCluster.Image}\", command: [sh, -c, \"sleep 2; echo 42 requests; exit {exitCode}\"]}}]}}",
        "}}]}}]");
}
