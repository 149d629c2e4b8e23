using System.Text.Json;
using Sluice.Api;
using Sluice.Engine.Analysis;
using Sluice.Engine.Checks;

namespace Sluice.Engine.Tests.Releases;

public sealed class StatusSizeTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Every list at its longest, every text and count at its largest: an object in etcd, and the status in each watch event, stays small by construction.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(10)]
    public void The_progress_of_a_release_is_below_57_KiB_whatever_is_measured_and_checked(int metrics)
    {
        var release = new ReleaseProgress
        {
            Name = new string('r', 63),
            Revision = "0123456789",
            PreviousRevision = "0123456789",
            Message = Letters(StatusText.MaxLength),
            Step = new StepStatus { Index = 48, Of = 50, Summary = "49/50", Kind = StepKind.Analysis, StartedAt = At, Deadline = At },
            Checks = [.. Enumerable.Range(0, ChecksStep.MaxJobs).Select(_ => Check())],
            Analysis = [.. Enumerable.Range(0, metrics).Select(_ => Metric(metrics))],
            Timeline = [.. Enumerable.Range(0, ReleaseProgress.MaxTimeline).Select(_ => Entry())],
        };
        var status = new RolloutStatus { Release = release };

        JsonSerializer.SerializeToUtf8Bytes(status, ApiJsonContext.Default.RolloutStatus).Length.ShouldBeLessThan(57 * 1024, "which leaves 7 KiB for what people see of the rest");
    }

    private static MetricStatus Metric(int metrics) => new()
    {
        Name = new string('m', 63),
        Verdict = Verdict.Inconclusive,
        Value = "0.00012%",
        Max = "0.12345%",
        StableValue = "0.00012%",
        Requests = 1234567890.1,
        Errors = 12345678.1,
        Dispersion = 31.234,
        PassEvidence = "1.2e+123456",
        FailEvidence = "1.2e-123456",
        NoDataAt = At,
        MeasuredAt = At,
        Message = Letters(300),
        Segments = [.. Enumerable.Range(1, SegmentLog.CapacityFor(metrics)).Select(ordinal => new SegmentStatus
        {
            Ordinal = 1000 + ordinal,
            From = At,
            To = At,
            ClosedAt = At,
            Weight = 100,
            CanaryReady = 100,
            StableReady = 100,
            Canary = new RequestCounts { Requests = 123456789.12, Errors = 1234567.12 },
            Stable = new RequestCounts { Requests = 123456789.12, Errors = 1234567.12 },
        })],
    };

    private static CheckStatus Check() => new()
    {
        Step = 48,
        Name = Letters(CheckJob.MaxName),
        State = CheckState.Succeeded,
        Job = Letters(57),
        Uid = Letters(36),
        StartedAt = At,
        FinishedAt = At,
        ExitCode = 255,
        Message = Letters(CheckLook.MaxMessage),
        Log = Letters(CheckLog.MostOfStep / ChecksStep.MaxJobs),
    };

    private static TimelineEntry Entry() => new() { At = At, Actor = "sluice", From = "Step 48", To = "Step 49", Reason = "AnalysisInconclusive", Message = Letters(StatusText.MaxEntryLength) };

    private static string Letters(int count) => new('x', count);
}
