using Sluice.Api;
using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Tests.Demo;

public sealed class DemoChecksTests
{
    private readonly PodHistory _pods = new("payments");

    [Fact]
    public void All_hold_when_both_releases_ended_as_they_should() => FailedAmong(DemoCluster.Ended()).ShouldBeEmpty();

    [Fact]
    public void A_good_version_that_was_not_promoted_fails() =>
        FailedAmong(With(DemoCluster.Good, status => status with { Outcome = Outcome.RolledBack })).ShouldBe(["v2 was promoted, after its migration"]);

    [Fact]
    public void A_pod_from_before_the_end_of_the_migration_fails()
    {
        var scene = DemoCluster.Ended();
        var late = scene.Migrations.Select(migration => migration with { Status = migration.Status! with { FinishedAt = DemoCluster.Start.AddSeconds(2) } });

        FailedAmong(scene with { Migrations = [.. late] }).ShouldBe(["v2 was promoted, after its migration"]);
    }

    [Fact]
    public void A_rollback_for_another_reason_than_the_error_rate_fails() =>
        FailedAmong(With(DemoCluster.Bad, status => status with { Reason = Reasons.CrashLooping, Analysis = [] })).ShouldBe(["v3 was rolled back for its error rate"]);

    [Fact]
    public void A_moment_with_a_pod_too_few_fails()
    {
        var scene = DemoCluster.Ended();
        Observe(scene);
        _pods.Observe(scene.Pods[0], null);
        _pods.Observe(null, scene.Pods[0]);

        Failed(DemoChecks.Of(Findings(scene))).ShouldBe(["the service was never below its strength"]);
    }

    [Fact]
    public void Having_watched_nothing_is_no_proof()
    {
        var scene = DemoCluster.Ended();
        foreach (var pod in scene.Pods) _pods.Observe(null, pod);
        _pods.TryGuard(required: 0).ShouldBeTrue();

        Failed(DemoChecks.Of(Findings(scene))).ShouldBe(["the service was never below its strength"]);
    }

    [Fact]
    public void A_pod_of_the_bad_version_that_stayed_fails()
    {
        var scene = DemoCluster.Ended();

        FailedAmong(scene with { Pods = [.. scene.Pods, DemoCluster.Pod("c", "bad", "v3")] }).ShouldBe(["v2 serves alone again"]);
    }

    [Fact]
    public void A_second_run_of_the_migration_fails()
    {
        var scene = DemoCluster.Ended();
        var again = scene.Migrations.Select(migration => migration with { Status = migration.Status! with { State = MigrationState.Succeeded, Attempt = 1 } });

        FailedAmong(scene with { Migrations = [.. again] }).ShouldBe(["the migration ran once"]);
    }

    [Fact]
    public void Nothing_at_all_fails_everything() =>
        DemoChecks.Of(new DemoFindings(new Scene(null, [], [], []), "", "", Required: 2, _pods)).ShouldAllBe(check => !check.Holds);

    private static Scene With(string release, Func<ReleaseStatus, ReleaseStatus> change)
    {
        var scene = DemoCluster.Ended();
        return scene with { Releases = [.. scene.Releases.Select(item => item.Metadata.Name == release ? item with { Status = change(item.Status!) } : item)] };
    }

    private static IEnumerable<string> Failed(IEnumerable<Check> checks) => checks.Where(check => !check.Holds).Select(check => check.Claim);

    private static DemoFindings WithPods(Scene scene, PodHistory pods) => new(scene, DemoCluster.Good, DemoCluster.Bad, Required: 2, pods);

    private IEnumerable<string> FailedAmong(Scene scene)
    {
        Observe(scene);
        return Failed(DemoChecks.Of(Findings(scene)));
    }

    private DemoFindings Findings(Scene scene) => WithPods(scene, _pods);

    private void Observe(Scene scene)
    {
        foreach (var pod in scene.Pods) _pods.Observe(null, pod);
        _pods.TryGuard(required: 0).ShouldBeTrue();
        _pods.Observe(scene.Pods[0], scene.Pods[0]);
    }
}
