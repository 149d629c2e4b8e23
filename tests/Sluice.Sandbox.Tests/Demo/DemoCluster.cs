using System.Text.Json;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Tests.Demo;

/// <summary>What the demo's watches show at the moments that tests are about.</summary>
internal static class DemoCluster
{
    public const string Good = "payments-2";
    public const string Bad = "payments-3";

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The second release analyses its canary of 20%.</summary>
    public static Scene Analysing(double requests, string passEvidence) => new(
        new Rollout
        {
            Metadata = new V1ObjectMeta { Name = "payments", Namespace = "shop", Generation = 2 },
            Spec = new RolloutSpec(Replicas: 5)
            {
                Strategy = new RolloutStrategy { Canary = new CanaryStrategy { Steps = [new CanaryStep { SetWeight = 20 }, new CanaryStep { Analysis = new AnalysisStep() }] } },
                Analysis = new AnalysisSpec { Metrics = [new MetricSpec { Name = "error-rate", ErrorRate = new ErrorRateMetric { Max = "1%" } }] },
            },
            Status = new RolloutStatus
            {
                ObservedGeneration = 2,
                Phase = Phase.Progressing,
                Message = "step 2 of 2: analysing at 20%",
                Stable = new StableStatus { Revision = "old", Summary = "4/4" },
                Canary = new CanaryStatus { Revision = "new", Summary = "1/1", Weight = 20, ActualWeight = 20 },
                Release = new ReleaseProgress
                {
                    Name = Good,
                    Number = 2,
                    Revision = "new",
                    PreviousRevision = "old",
                    Stage = Stage.Stepping,
                    Analysis =
                    [
                        new MetricStatus
                        {
                            Name = "error-rate",
                            Value = "0.11%",
                            StableValue = "0.1%",
                            Max = "1%",
                            Requests = requests,
                            PassEvidence = passEvidence,
                            FailEvidence = "0.02",
                            Segments = [new SegmentStatus { Stable = new RequestCounts { Requests = 4 * requests } }],
                        },
                    ],
                    Timeline =
                    [
                        new TimelineEntry { At = Start, From = "", To = "Pending", Message = "release 2: revision new after old" },
                        new TimelineEntry { At = Start.AddSeconds(1), From = "Pending", To = "Starting", Message = "no migration to run" },
                        new TimelineEntry { At = Start.AddSeconds(3), From = "Starting", To = "Step 1", Message = "1 canary pod is available" },
                        new TimelineEntry { At = Start.AddSeconds(3), From = "Step 1", To = "Step 2", Message = "1 canary and 4 stable pods are available" },
                    ],
                },
            },
        },
        [],
        [],
        [Pod("a", "old", "v1"), Pod("b", "old", "v1"), Pod("c", "old", "v1"), Pod("d", "old", "v1"), Pod("e", "new", "v2")]);

    /// <summary>Both releases have ended as they should, and the pods are v2's.</summary>
    public static Scene Ended() => new(
        new Rollout
        {
            Metadata = new V1ObjectMeta { Name = "payments", Namespace = "shop", Generation = 3 },
            Spec = new RolloutSpec(Replicas: 2),
            Status = new RolloutStatus
            {
                ObservedGeneration = 3,
                Phase = Phase.Degraded,
                Stable = new StableStatus { Revision = "new" },
                LastRelease = new LastRelease { Name = Bad, Outcome = Outcome.RolledBack },
            },
        },
        [
            Release(Good, "new", new ReleaseStatus { Outcome = Outcome.Promoted, Reason = Reasons.Promoted }),
            Release(
                Bad,
                "bad",
                new ReleaseStatus
                {
                    Outcome = Outcome.RolledBack,
                    Reason = Reasons.MetricFailed,
                    Analysis = [new MetricStatus { Name = "error-rate", Verdict = Verdict.Fail, Message = "error-rate 5.1% of 840 requests (max 1%, stable 0.1%): confidently above max" }],
                }),
        ],
        [
            Migration(Good, new MigrationStatus { State = MigrationState.Succeeded, Attempt = 1, FinishedAt = Start }),
            Migration(Bad, new MigrationStatus { State = MigrationState.Skipped }),
        ],
        [Pod("a", "new", "v2"), Pod("b", "new", "v2")]);

    public static V1Pod Pod(string name, string revision, string version) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            Namespace = "shop",
            CreationTimestamp = Start.AddSeconds(version == "v1" ? 0 : 1),
            Labels = new Dictionary<string, string> { [Labels.Rollout] = "payments", [Labels.Revision] = revision },
            OwnerReferences = [new V1OwnerReference { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "payments", Uid = "1", Controller = true }],
        },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "app", Image = $"registry.example.com/payments:{version}" }] },
        Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }] },
    };

    private static Release Release(string name, string revision, ReleaseStatus status) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "shop" },
        Spec = new ReleaseSpec { Rollout = "payments", Revision = revision, Template = new PodTemplate { Spec = JsonElement.Parse("{}") } },
        Status = status,
    };

    private static Migration Migration(string release, MigrationStatus status) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"{release}-expand", Namespace = "shop" },
        Spec = new MigrationSpec { Rollout = "payments", Release = release },
        Status = status,
    };
}
