using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>Draws the Rollouts of one history: bounds that stay, and plans, revisions and migrations that change.</summary>
internal sealed class RandomPlans(Random random)
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

    private readonly List<RolloutYaml> applied = [];
    private int version;

    public string MaxSurge { get; } = One(random, "1", "2", "25%", "100%", "0");

    public string MaxUnavailable { get; } = One(random, "0", "0", "1", "25%");

    /// <summary>The first revision: mostly a good one, so that there is something to lose.</summary>
    public RolloutYaml First() => Remember(Good(new RolloutYaml
    {
        Replicas = random.Next(1, 9),
        MaxSurge = MaxSurge,
        MaxUnavailable = MaxUnavailable,
        Extra = "progressDeadlineSeconds: 90",
        Migration = Migration(),
    }));

    /// <summary>Another revision with a plan of its own.</summary>
    public RolloutYaml Next()
    {
        var rollout = Plan(applied[0] with { Replicas = random.Next(1, 9), Migration = Migration() });
        return Remember(random.Next(8) switch
        {
            0 => Good(rollout).With("sandbox.sluice.dev/error-rate", "30%"),
            1 => Good(rollout).With("sandbox.sluice.dev/crash", "true"),
            2 => Good(rollout).With("sandbox.sluice.dev/unschedulable", "true"),
            3 => Good(rollout).With("sandbox.sluice.dev/image-pull-error", One(random, "true", "InvalidImageName")),
            _ => Good(rollout),
        });
    }

    /// <summary>One that was applied before.</summary>
    public RolloutYaml Earlier() => applied[random.Next(applied.Count)];

    private static string One(Random random, params string[] choices) => choices[random.Next(choices.Length)];

    private RolloutYaml Remember(RolloutYaml rollout)
    {
        applied.Add(rollout);
        return rollout;
    }

    private RolloutYaml Good(RolloutYaml rollout) => (rollout with { Image = $"registry.example.com/payments:v{++version}" })
        .With("sandbox.sluice.dev/requests-per-second", One(random, "100", "20"))
        .With("sandbox.sluice.dev/ready-after", One(random, "1s", "5s", "20s"));

    private RolloutYaml Plan(RolloutYaml rollout)
    {
        var measured = random.Next(3) > 0;
        var steps = new List<string>();
        for (var count = random.Next(0, 5); count > 0; count--)
        {
            steps.Add(random.Next(7) switch
            {
                0 => $"pause: {{duration: {random.Next(1, 120)}s}}",
                5 => "pause: {}",
                6 => $"gate: {{name: gate-{steps.Count}}}",
                1 or 2 when measured && steps.Exists(step => step.StartsWith("setWeight", StringComparison.Ordinal)) => $"analysis: {{minDuration: {random.Next(0, 90)}s, maxDuration: 10m}}",
                _ => $"setWeight: {random.Next(1, 101)}",
            });
        }

        var analysis = One(random, Errors, Latency).Replace("{0}", One(random, "RollBack", "Promote", "Pause"), StringComparison.Ordinal).Replace("{1}", One(random, "Wait", "Fail"), StringComparison.Ordinal);
        return rollout with
        {
            Steps = steps,
            Analysis = measured ? analysis : null,
            Soak = random.Next(4) == 0 ? $"{random.Next(10, 300)}s" : null,
        };
    }

    private string? Migration()
    {
        if (random.Next(3) > 0) return null;

        var duration = One(random, "1s", "30s", "3m");
        var exit = random.Next(4) == 0 ? ", sandbox.sluice.dev/exit-code: \"1\"" : "";
        var verify = random.Next(2) == 0 ? ", verify: [./migrate, check]" : "";
        return $$"""
            image: registry.example.com/migrator:v{{random.Next(1, 4)}}
            cancelPolicy: {{One(random, "Wait", "Terminate")}}
            annotations: {sandbox.sluice.dev/duration: {{duration}}{{exit}}}
            expand: {command: [./migrate, up], timeout: 2m, retries: {{random.Next(0, 3)}}, idempotent: {{One(random, "true", "false")}}{{verify}}}
            """;
    }
}
