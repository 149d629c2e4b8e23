using Sluice.Api;
using Sluice.Operator.Metrics;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>The parts that reference releases are made of. They are small, for each call and each event of theirs is many runs.</summary>
internal static class Plans
{
    public const string Requests = "sandbox.sluice.dev/requests-per-second";

    public const string Latency = """
        interval: 15s
        metrics:
        - name: latency
          threshold: {query: 'scalar(latency)', max: "1", failures: 2}
        """;

    public const string Errors = """
        interval: 15s
        metrics:
        - name: error-rate
          errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}
        """;

    /// <summary>Two metrics, of which one has bounds on both sides and the other fails for want of answers.</summary>
    public const string Both = """
        interval: 15s
        metrics:
        - name: error-rate
          onNoData: Fail
          errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}
        - name: latency
          threshold: {query: 'scalar(latency)', min: "0.05", max: "1", failures: 2}
        """;

    public const string Expand = """
        lock: shared-db
        image: registry.example.com/migrator:v2
        annotations: {sandbox.sluice.dev/duration: 5s, sandbox.sluice.dev/log: "applied 0002"}
        expand: {command: [./migrate, up], verify: [./migrate, check], timeout: 1m}
        """;

    public const string Quick = """
        lock: shared-db
        annotations: {sandbox.sluice.dev/duration: 5s}
        expand: {command: [./migrate, up]}
        """;

    /// <summary>Two pods, one more while they are replaced.</summary>
    public static RolloutYaml V1 { get; } = new RolloutYaml { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [], Extra = "progressDeadlineSeconds: 60" }
        .With("sandbox.sluice.dev/ready-after", "2s");

    public static RolloutYaml V2 { get; } = V1.V(2) with { Steps = ["setWeight: 50", "pause: {duration: 20s}"] };

    /// <summary>The same with one pod, where the number of pods does not matter.</summary>
    public static RolloutYaml Small1 { get; } = V1 with { Replicas = 1 };

    public static RolloutYaml Small2 { get; } = V2 with { Replicas = 1 };

    public static void Deployed(ReleaseWorld world) => world.Deployed(V1);

    public static void SmallDeployed(ReleaseWorld world) => world.Deployed(Small1);

    public static void SmallDeployed(ReleaseWorld world, RolloutYaml rollout) => world.Deployed(rollout);

    public static void Nothing(ReleaseWorld world) => world.Cluster.RunFor(TimeSpan.FromSeconds(1));

    public static PersonActs Apply(RolloutYaml rollout) => new($"applies {rollout.Name} {rollout.Image[^2..]}", _ => true, world => world.Apply(rollout));

    public static PersonActs Apply(Stage stage, RolloutYaml rollout) => Apply(world => world.Release?.Stage == stage, rollout);

    public static PersonActs Apply(Func<ReleaseWorld, bool> when, RolloutYaml rollout) => new($"applies {rollout.Image[^2..]}", when, world => world.Apply(rollout));

    public static PersonActs Apply(StepKind step, RolloutYaml rollout) => Apply(world => world.Release?.Step?.Kind == step, rollout);

    public static PersonActs Decide(Func<ReleaseWorld, bool> when, DecisionAction action) => new($"{action}", when, world => world.Decide(action));

    /// <summary>How far the migration of what is superseded comes is a matter of time: it may be over before the operator learns that it is not wanted any more.</summary>
    public static bool PromotedAfterSuperseding(string result) =>
        result.Contains("payments: Healthy, stable registry.example.com/payments:v3", StringComparison.Ordinal)
        && result.Contains("payments-2: Superseded", StringComparison.Ordinal)
        && result.Contains("payments-3: Promoted", StringComparison.Ordinal);

    public static PersonActs LatencyRises(Func<ReleaseWorld, bool> when) => new("latency rises", when, world => world.Prometheus.ThresholdValue = 2);

    public static PersonActs LatencyIs(double value, Func<ReleaseWorld, bool> when) => new($"latency is {value}", when, world => world.Prometheus.ThresholdValue = value);

    public static PersonActs PrometheusGoesDown(Func<ReleaseWorld, bool> when) => new("Prometheus goes down", when, world => world.Prometheus.Trouble = new NoDataReason.Timeout());

    public static PersonActs PrometheusComesBack(Func<ReleaseWorld, bool> when) => new("Prometheus comes back", when, world => world.Prometheus.Trouble = null);

    /// <summary>A metric of the release in flight as its status has it.</summary>
    public static MetricStatus? Metric(ReleaseWorld world, string name) => world.Release?.Analysis.FirstOrDefault(metric => metric.Name == name);

    public static bool IsAnalysing(ReleaseWorld world) => world.Release?.Step?.Kind == StepKind.Analysis;

    public static bool AllAreAnswered(ReleaseWorld world) => world.Decisions.All(decision => decision.Status?.State is not null);

    public static IEnumerable<DecisionState?> AnswersIn(ReleaseWorld world) => world.Decisions.OrderBy(decision => decision.Metadata.Name, StringComparer.Ordinal).Select(decision => decision.Status?.State);

    public static bool IsPausing(ReleaseWorld world) => world.Release?.Step?.Kind == StepKind.Pause;

    /// <summary>The release that a person waits for has its end on record, and nothing is in flight.</summary>
    public static Func<ReleaseWorld, bool> HasEnded(Outcome outcome) => world => world.Status is { Release: null, LastRelease: { } last } && last.Outcome == outcome;

    public static Action<ReleaseWorld> Ends(Outcome outcome, int version) => world =>
    {
        world.Status.LastRelease!.Outcome.ShouldBe(outcome);
        world.RunningImages.Distinct().ShouldBe([$"registry.example.com/payments:v{version}"]);
    };

    /// <summary>How the releases after the first deployment ended, in their order.</summary>
    public static Action<ReleaseWorld> Ends(int version, params Outcome[] outcomes) => world =>
    {
        world.Releases.Skip(1).Select(release => release.Status!.Outcome!.Value).ShouldBe(outcomes);
        world.RunningImages.Distinct().ShouldBe([$"registry.example.com/payments:v{version}"]);
    };
}
