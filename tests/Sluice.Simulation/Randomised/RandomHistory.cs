using System.Globalization;
using Sluice.Api;
using Sluice.Engine.Replicas;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.Running;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>One history, drawn from one seed: a while in which anything may happen, then peace, in which the Rollout must come to rest.</summary>
internal sealed class RandomHistory : IDisposable
{
    private const int Events = 25;

    // Beyond the deadlines, pauses, back-offs and analyses of any plan drawn here.
    private static readonly TimeSpan LongestWayToRest = TimeSpan.FromHours(12);

    private readonly int seed;
    private readonly Random random;
    private readonly RandomPlans plans;
    private readonly RandomDecisions decisions;
    private readonly ReleaseWorld world;
    private readonly HistoryLog log;
    private readonly HashSet<string> operators = [];
    private double faultRate;
    private int operatorsStarted;

    public RandomHistory(int seed)
    {
        this.seed = seed;
        random = new Random(seed);
        plans = new RandomPlans(random);
        world = new ReleaseWorld(seed, interleaving: new Random(seed ^ 0x5eed));
        decisions = new RandomDecisions(random, world);
        log = new HistoryLog(world.Cluster);
        world.Cluster.Observe(log.Note);
        world.KillOperator();
        world.Strength = () => ReplicaBounds.For(world.Rollout.Spec.Replicas, Count(plans.MaxSurge), Count(plans.MaxUnavailable)).MinAvailable;
    }

    public IReadOnlyList<string> Log => log.Lines;

    public static SimulationCase Case(int seed) => new("random", $"seed/{seed}", () =>
    {
        using var history = new RandomHistory(seed);
        history.Run();
        return history.world.History;
    });

    public void Run()
    {
        try
        {
            Trouble();
            Peace();
        }
        catch (Exception violation) when (violation is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"seed {seed}: {violation.Message}\n{string.Join('\n', log.Lines.TakeLast(250))}", violation);
        }
    }

    public void Dispose() => world.Dispose();

    private static CountOrPercent Count(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && CountOrPercent.TryParse(number, out var count) ? count : CountOrPercent.TryParse(text, out count) ? count : default;

    private void Trouble()
    {
        faultRate = random.Next(3) == 0 ? 0 : random.NextDouble() * 0.15;
        StartOperator();
        Apply(plans.First());
        for (var index = 0; index < Events; index++)
        {
            world.Cluster.RunFor(TimeSpan.FromSeconds(Math.Round(Math.Pow(10, random.NextDouble() * 2.6), 1)));
            Happen();
            world.DecisionsShouldHold();
        }
    }

    /// <summary>The faults stop: one operator without any, Prometheus answers, and nobody interferes.</summary>
    private void Peace()
    {
        faultRate = 0;
        foreach (var name in operators.ToList()) StopOperator(name);
        world.Prometheus.Trouble = null;
        Say("peace");
        world.Patch("""{"spec":{"paused":false}}""");
        world.StartOperator("sluice-peace");
        Settle();
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        IsAtRest().ShouldBeTrue("what came to rest stays there");
        var writes = world.Writes;
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Writes.ShouldBe(writes, "a Rollout at rest writes nothing");
        if (world.Release is null) world.Releases.ShouldAllBe(release => release.Status!.Outcome != null, "every Release has its outcome");
        world.Decisions.ShouldAllBe(decision => decision.Status!.State != null, "every Decision has its answer");
        if (world.Status.Phase == Phase.Healthy) world.Available(world.Status.Stable!.Revision).ShouldBe(world.Rollout.Spec.Replicas);
    }

    /// <summary>A patient person answers whatever waits for one.</summary>
    private void Settle()
    {
        for (var answers = 0; answers < 100; answers++)
        {
            world.Cluster.RunUntil(() => IsAtRest() || decisions.Awaited() is not null, LongestWayToRest);
            if (decisions.Awaited() is not { } awaited) return;

            Decide(awaited);
            world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Healthy, held, or (stable itself does not run and nothing else is asked for) a rollback that says that it is stuck.</summary>
    private bool IsAtRest() =>
        world.Status is { Release: null, Phase: Phase.Healthy or Phase.Degraded } or { Release.Stage: Stage.RollingBack, Phase: Phase.Degraded } && world.Status.ObservedGeneration == world.Rollout.Metadata.Generation;

    private void Happen()
    {
        switch (random.Next(20))
        {
            case 0 or 1 or 2 or 3:
                Apply(plans.Next());
                break;
            case 4:
                Apply(plans.Earlier());
                break;
            case 5:
                Patch($$$"""{"spec":{"replicas":{{{random.Next(0, 9)}}}}}""");
                break;
            case 6:
                Patch("""{"spec":{"paused":true}}""");
                break;
            case 7 or 8:
                Patch("""{"spec":{"paused":false}}""");
                break;
            case 9:
                Delete<V1ReplicaSet>();
                break;
            case 10:
                Delete<V1Pod>();
                break;
            case 11:
                Delete<V1Job>();
                break;
            case 12:
                world.Prometheus.Trouble = world.Prometheus.Trouble is null ? new Operator.Metrics.NoDataReason.Timeout() : null;
                world.Prometheus.ThresholdValue = random.Next(4) == 0 ? 2 : 0.1;
                Say($"Prometheus: {world.Prometheus.Trouble?.ToString() ?? "well"}, threshold {world.Prometheus.ThresholdValue}");
                break;
            case 13:
                if (operators.Count < 2) StartOperator();
                break;
            case 14 or 15 or 16 or 17:
                Decide(decisions.Any());
                if (random.Next(3) == 0) Decide(decisions.Any());
                break;
            default:
                if (operators.Count > 0) StopOperator(operators.ElementAt(random.Next(operators.Count)));
                if (operators.Count == 0) StartOperator();
                break;
        }
    }

    private void StartOperator()
    {
        var name = $"sluice-{++operatorsStarted}";
        var longest = random.Next(3) switch { 0 => 0, 1 => 2, _ => 30 };
        var lags = new Random(random.Next());
        var faults = new Random(random.Next());
        Say($"{name} starts, cache late by up to {longest} s");
        operators.Add(name);
        world.StartOperator(name, new ControllerSetOptions
        {
            Lag = (_, _) => TimeSpan.FromSeconds(Math.Round(lags.NextDouble() * longest, 2)),
            WrapHandler = inner => new FaultyConnection(inner, faults, () => faultRate),
        });
    }

    private void StopOperator(string name)
    {
        Say($"{name} is killed");
        operators.Remove(name);
        world.KillOperator(name);
    }

    private void Apply(RolloutYaml rollout)
    {
        Say($"apply {rollout.Image} {string.Join(' ', rollout.Behaviour.Select(entry => $"{entry.Key.Split('/')[1]}={entry.Value}"))} replicas {rollout.Replicas} steps [{string.Join(", ", rollout.Steps)}] soak {rollout.Soak} migration {rollout.Migration?.Replace('\n', ' ')}");
        world.Apply(rollout);
    }

    private void Decide(DecisionSpec spec)
    {
        var name = world.Decide(spec);
        Say($"{name}: {spec.Action} {spec.Release} {spec.Revision} {spec.Gate}{spec.ToRelease}{spec.Subject}");
    }

    private void Patch(string json)
    {
        Say(json);
        world.Patch(json);
    }

    private void Delete<T>()
        where T : class, IKubernetesObject
    {
        var all = world.Cluster.List<T>(ReleaseWorld.Namespace);
        if (all.Count == 0) return;

        var victim = all[random.Next(all.Count)].Metadata.Name!;
        Say($"delete {typeof(T).Name} {victim}");
        world.Cluster.Kubectl.Delete<T>(ReleaseWorld.Namespace, victim);
    }

    private void Say(string text) => log.Say(text);
}
