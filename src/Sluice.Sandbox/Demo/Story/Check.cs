using System.Globalization;
using Sluice.Api;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>One claim of the demo, whether it held, and by what one can see that.</summary>
internal sealed record Check(bool Holds, string Claim, string Evidence);

/// <summary>What the demo looked at.</summary>
/// <param name="Scene">The cluster at the end.</param>
/// <param name="Good">Name of the release that should have been promoted.</param>
/// <param name="Bad">Name of the release that should have been rolled back.</param>
/// <param name="Required">Pods that had to be available throughout: replicas − maxUnavailable.</param>
/// <param name="Pods">What became of the pods meanwhile.</param>
internal sealed record DemoFindings(Scene Scene, string Good, string Bad, int Required, PodHistory Pods);

/// <summary>What must hold at the end of the demo, from the records in the cluster and from the demo's own watch of the pods.</summary>
internal static class DemoChecks
{
    public static IReadOnlyList<Check> Of(DemoFindings findings) =>
    [
        PromotedAfterMigration(findings), RolledBackForErrors(findings), NeverBelowStrength(findings), GoodVersionServes(findings), MigratedOnce(findings),
    ];

    private static Check PromotedAfterMigration(DemoFindings findings)
    {
        var release = findings.Scene.ReleaseNamed(findings.Good);
        var migration = findings.Scene.MigrationOf(findings.Good);
        var migrated = migration?.Status is { State: MigrationState.Succeeded } status ? status.FinishedAt : null;
        var firstPod = release is null ? null : findings.Pods.FirstCreated(release.Spec.Revision);
        return new Check(
            release?.Status?.Outcome == Outcome.Promoted && migrated is not null && firstPod is not null && migrated <= firstPod,
            "v2 was promoted, after its migration",
            $"{findings.Good} {Text(release?.Status?.Outcome)}; migration {Text(migration?.Status?.State)} at {Time(migrated)}, first v2 pod created at {Time(firstPod)}");
    }

    private static Check RolledBackForErrors(DemoFindings findings)
    {
        var status = findings.Scene.ReleaseNamed(findings.Bad)?.Status;
        var failed = status?.Analysis.FirstOrDefault(metric => metric.Verdict == Verdict.Fail);
        return new Check(
            status is { Outcome: Outcome.RolledBack, Reason: Reasons.MetricFailed } && failed is not null,
            "v3 was rolled back for its error rate",
            $"{findings.Bad} {Text(status?.Outcome)} ({Text(status?.Reason)}): {failed?.Message ?? status?.Message ?? "nothing was measured"}");
    }

    private static Check NeverBelowStrength(DemoFindings findings)
    {
        var report = findings.Pods.Report();
        return new Check(
            report.Changes > 0 && report.Lowest >= findings.Required,
            "the service was never below its strength",
            $"at least {report.Lowest} pods available ({findings.Required} required) at each of {report.Changes} changes of pods, by a watch of the demo's own");
    }

    private static Check GoodVersionServes(DemoFindings findings)
    {
        var stable = findings.Scene.Rollout?.Status?.Stable;
        var good = findings.Scene.ReleaseNamed(findings.Good)?.Spec.Revision;
        var others = findings.Scene.Pods.Count(pod => pod.Metadata.DeletionTimestamp is null && pod.Metadata.Label(Labels.Revision) != good);
        var serving = findings.Scene.Pods.Count(pod => PodHistory.IsAvailable(pod) && pod.Metadata.Label(Labels.Revision) == good);
        return new Check(
            stable is not null && stable.Revision == good && others == 0 && serving >= findings.Required,
            "v2 serves alone again",
            $"stable is {Text(stable?.Revision)}: {serving} pods of v2 available, {others} of any other");
    }

    private static Check MigratedOnce(DemoFindings findings)
    {
        var first = findings.Scene.MigrationOf(findings.Good)?.Status;
        var second = findings.Scene.MigrationOf(findings.Bad)?.Status;
        return new Check(
            first is { State: MigrationState.Succeeded, Attempt: 1 } && second is { State: MigrationState.Skipped, Attempt: 0 },
            "the migration ran once",
            $"{Text(first?.State)} for v2 in attempt {first?.Attempt ?? 0}, {Text(second?.State)} for v3, which declares the same one");
    }

    private static string Time(DateTimeOffset? at) => at?.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "no time";

    private static string Text(object? value) => value?.ToString() ?? "nothing";
}
