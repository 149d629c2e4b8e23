using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>Draws the Rollouts of one history: bounds that stay, and plans, revisions and migrations that change.</summary>
/// <param name="random">Draws what stays.</param>
/// <param name="features">What they use.</param>
internal sealed class RandomPlans(Random random, Features features)
{
    private const string Errors = """
        interval: 15s
        metrics:
        - name: error-rate
          onInconclusive: {0}
          onNoData: {1}
          errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "2%"}
        """;

    private const string Latency = """
        interval: 10s
        metrics:
        - name: latency
          onInconclusive: {0}
          onNoData: {1}
          threshold: {query: 'scalar(latency)', max: "1", failures: 2}
        """;

    private const string Both = Errors + """

        - name: throughput
          onInconclusive: {0}
          onNoData: {1}
          threshold: {query: 'scalar(latency)', min: "0.05", max: "1", failures: 3}
        """;

    private readonly List<RolloutYaml> applied = [];

    public string MaxSurge { get; } = One(random, "1", "2", "25%", "100%", "0");

    public string MaxUnavailable { get; } = One(random, "0", "0", "1", "25%");

    /// <summary>What was applied last.</summary>
    public RolloutYaml Last => applied[^1];

    private string Lock { get; } = random.Next(3) == 0 ? "lock: shared-db\n" : "";

    /// <summary>The first revision: mostly a good one, so that there is something to lose.</summary>
    public RolloutYaml First() => Remember(FeaturePlans.First(features, random, Good(random, new RolloutYaml
    {
        Replicas = random.Next(1, 9),
        MaxSurge = MaxSurge,
        MaxUnavailable = MaxUnavailable,
        Extra = $"progressDeadlineSeconds: 90\nminReadySeconds: {One(random, "0", "0", "8")}\nrevisionHistoryLimit: {One(random, "0", "1", "10")}\nreleaseHistoryLimit: {One(random, "1", "100")}",
        Migration = Migration(random),
    })));

    /// <summary>Another revision with a plan of its own.</summary>
    public RolloutYaml Next(Random draws)
    {
        var rollout = Plan(draws, applied[0] with { Replicas = draws.Next(1, 9), Migration = Migration(draws) });
        var next = draws.Next(8) switch
        {
            0 => Good(draws, rollout).With("sandbox.sluice.dev/error-rate", "30%"),
            1 => Good(draws, rollout).With("sandbox.sluice.dev/crash", "true"),
            2 => Good(draws, rollout).With("sandbox.sluice.dev/unschedulable", "true"),
            3 => Good(draws, rollout).With("sandbox.sluice.dev/image-pull-error", One(draws, "true", "InvalidImageName")),
            _ => Good(draws, rollout),
        };
        return Remember(FeaturePlans.In(features, draws, next));
    }

    /// <summary>One that was applied before.</summary>
    public RolloutYaml Earlier(Random draws) => Remember(applied[draws.Next(applied.Count)]);

    /// <summary>The present revision with other steps, analysis, soak and bounds.</summary>
    public RolloutYaml Edited(Random draws)
    {
        var edited = Plan(draws, Last with { MaxSurge = One(draws, "1", "2", "25%", "100%"), MaxUnavailable = One(draws, "0", "1", "25%") });
        return Remember(FeaturePlans.In(features, draws, edited));
    }

    /// <summary>One that the schema lets pass, and nobody can carry out.</summary>
    public RolloutYaml Invalid(Random draws) => draws.Next(2) == 0
        ? Last with { Analysis = "source: nowhere\n" + Latency, Steps = ["setWeight: 50", "analysis: {}"] }
        : Last with { Analysis = null, Steps = ["setWeight: 50", "analysis: {}"] };

    /// <summary>Another Rollout of the namespace, whose migrations want the same lock.</summary>
    public RolloutYaml Neighbour(Random draws) => Good(draws, new RolloutYaml
    {
        Name = RandomWorld.NeighbourName,
        Replicas = 1,
        MaxSurge = "1",
        Analysis = null,
        Steps = [],
        Extra = "progressDeadlineSeconds: 90",
        Migration = "lock: shared-db\n" + ExpandCommand(draws),
    });

    private static string One(Random draws, params string[] choices) => choices[draws.Next(choices.Length)];

    private RolloutYaml Remember(RolloutYaml rollout)
    {
        applied.Add(rollout);
        return rollout;
    }

    private static RolloutYaml Good(Random draws, RolloutYaml rollout) => (rollout with { Image = $"registry.example.com/payments:v{draws.Next(1, 10_000)}" })
        .With("sandbox.sluice.dev/requests-per-second", One(draws, "100", "20"))
        .With("sandbox.sluice.dev/ready-after", One(draws, "1s", "5s", "20s"));

    private static RolloutYaml Plan(Random draws, RolloutYaml rollout)
    {
        var measured = draws.Next(3) > 0;
        var steps = new List<string>();
        for (var count = draws.Next(0, 5); count > 0; count--)
        {
            steps.Add(draws.Next(7) switch
            {
                0 => $"pause: {{duration: {draws.Next(1, 120)}s}}",
                5 => "pause: {}",
                6 => $"gate: {{name: gate-{steps.Count}}}",
                1 or 2 when measured && steps.Exists(step => step.StartsWith("setWeight", StringComparison.Ordinal)) => $"analysis: {{minDuration: {draws.Next(0, 90)}s, maxDuration: 10m}}",
                _ => $"setWeight: {draws.Next(1, 101)}",
            });
        }

        var analysis = One(draws, Errors, Latency, Both).Replace("{0}", One(draws, "RollBack", "Promote", "Pause"), StringComparison.Ordinal).Replace("{1}", One(draws, "Wait", "Fail"), StringComparison.Ordinal);
        return rollout with
        {
            Steps = steps,
            Analysis = measured ? analysis : null,
            Soak = draws.Next(4) == 0 ? $"{draws.Next(10, 300)}s" : null,
        };
    }

    private string? Migration(Random draws) => draws.Next(3) > 0 ? null : Lock + ExpandCommand(draws);

    private static string ExpandCommand(Random draws)
    {
        var duration = One(draws, "1s", "30s", "3m");
        var exit = draws.Next(4) == 0 ? ", sandbox.sluice.dev/exit-code: \"1\"" : "";
        var verify = draws.Next(2) == 0 ? ", verify: [./migrate, check]" : "";
        return $$"""
            image: registry.example.com/migrator:v{{draws.Next(1, 4)}}
            cancelPolicy: {{One(draws, "Wait", "Terminate")}}
            annotations: {sandbox.sluice.dev/duration: {{duration}}{{exit}}}
            expand: {command: [./migrate, up], args: [--to, "{{draws.Next(1, 3)}}"], timeout: 2m, retries: {{draws.Next(0, 3)}}, idempotent: {{One(draws, "true", "false")}}{{verify}}}
            """ + Later(draws);
    }

    /// <summary>What comes after the promotion, or after a rollback.</summary>
    private static string Later(Random draws)
    {
        var lockTimeout = One(draws, "", "\nlockTimeout: 2m");
        var contract = draws.Next(2) == 0 ? $"\ncontract: {{command: [./migrate, contract], timeout: {One(draws, "10s", "2m", "5m")}, irreversible: {One(draws, "true", "false")}}}" : "";
        var undo = draws.Next(2) == 0 ? $"\nundo: {{command: [./migrate, down], timeout: {One(draws, "10s", "2m", "5m")}, idempotent: true, retries: 1}}" : "";
        return lockTimeout + contract + undo;
    }
}
