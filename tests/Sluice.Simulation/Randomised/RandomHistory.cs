using System.Globalization;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.Running;
using Sluice.Simulation.World;
using Sluice.Simulation.World.Promises;

namespace Sluice.Simulation.Randomised;

/// <summary>One history, drawn from one seed: a while in which anything may happen, then peace, in which every release must come to its end in time.</summary>
internal sealed class RandomHistory : IDisposable
{
    /// <summary>The drawn order of work, which may be left out like a disturbance: then everything is done in order of arrival.</summary>
    public const int Interleaving = 0;

    private const int LinesShown = 250;
    private const int MostReplies = 100;

    /// <summary>For how long a deleted Rollout waits for what it has to put in order.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMinutes(11);

    private readonly int seed;
    private readonly IReadOnlySet<int> without;
    private readonly RandomWorld world;

    public RandomHistory(int seed, IReadOnlySet<int>? without = null, bool isTold = false)
    {
        this.seed = seed;
        this.without = without ?? new HashSet<int>();
        Plan = DisturbancePlan.Draw(seed);
        world = new RandomWorld(seed, isInterleaved: !this.without.Contains(Interleaving), isTold);
    }

    public DisturbancePlan Plan { get; }

    public IReadOnlyList<string> Log => world.Log.Lines;

    public History History => world.World.History;

    /// <summary>Watches the writes of the history beside the invariants.</summary>
    public void Observe(Action<CommittedWrite> observer) => world.World.Cluster.Observe(observer);

    /// <exception cref="RandomHistoryException">A promise is broken.</exception>
    public void Run()
    {
        try
        {
            world.Say($"seed {seed}, {Plan.Profile}{(without.Count > 0 ? $", without {NumberRanges.Format(without)}" : "")}");
            Trouble();
            Peace();
        }
        catch (Exception violation) when (violation is not OutOfMemoryException)
        {
            throw new RandomHistoryException($"seed {seed}: {violation.Message}{string.Concat(Log.TakeLast(LinesShown).Select(line => $"\n{line}"))}", violation);
        }
    }

    public void Dispose() => world.Dispose();

    private void Trouble()
    {
        var first = world.Plans.First();
        if (world.Features.Workload is not null) RunDeployment(first);
        var begin = world.World.Cluster.Now;
        world.StartOperator();
        world.Apply(first);
        foreach (var disturbance in Plan.Disturbances.Where(disturbance => !without.Contains(disturbance.Number)))
        {
            world.World.Cluster.RunFor(begin + disturbance.At - world.World.Cluster.Now);
            world.Say($"{disturbance}");
            disturbance.Kind.Begin(world, disturbance);
            if (HasRollout()) world.World.DecisionsShouldHold();
        }

        world.World.Cluster.RunFor(TimeSpan.FromSeconds(10));
    }

    /// <summary>The faults stop and nobody interferes. The operators go on as they are, or one without a past takes over.</summary>
    private void Peace()
    {
        world.Say("peace");
        world.Heal();
        if (Disturbance.Of(seed, "peace").Next(2) == 0)
        {
            foreach (var one in world.Operators.ToList()) world.KillOperator(one);
            world.StartOperator();
        }

        PutBack();
        world.World.Cluster.TryRunUntil(() => Rollouts().All(rollout => rollout.Metadata.DeletionTimestamp is null), Farewell + world.Aftermath).ShouldBeTrue("a Rollout that is deleted goes");
        if (!HasRollout()) world.Apply(world.Plans.Last);
        world.Patch("""{"spec":{"paused":false}}""");
        world.World.Cluster.RunFor(world.Aftermath);
        Settle();
        world.World.Cluster.RunFor(TimeSpan.FromMinutes(5));
        IsAtRest().ShouldBeTrue("what came to rest stays there");
        var writes = world.World.Writes;
        world.World.Cluster.RunFor(TimeSpan.FromHours(1));
        world.World.Writes.ShouldBe(writes, "a Rollout at rest writes nothing");
        AtRest.Check(world.World);
        if (world.World.Release is null) Unfinished().ShouldBeEmpty("every Release has its outcome");
        world.World.Decisions.ShouldAllBe(decision => decision.Status!.State != null, "every Decision has its answer");
        if (world.World.Status.Phase == Phase.Healthy) world.World.Available(world.World.Status.Stable!.Revision).ShouldBe(world.World.Rollout.Spec.Replicas);
    }

    /// <summary>What people took away is there again. What they turned while the Rollout was at rest is put right with its next change.</summary>
    private void PutBack()
    {
        world.PutBackRoutes();
        world.PutBackDeployment();
        if (world.Features.IsSteered) world.Patch("""{"spec":{"revisionHistoryLimit":9}}""");
    }

    /// <summary>Every release reaches its end within the time that its plan leaves it; a patient person answers whatever waits for one.</summary>
    private void Settle()
    {
        for (var replies = 0; replies < MostReplies && !IsAtRest(); replies++)
        {
            var limit = Rollouts().Max(rollout => LongestWay.Of(rollout, world.World.Releases, world.World.Cluster.Now));
            var before = Names();
            var inTime = world.World.Cluster.TryRunUntil(() => IsAtRest() || Names() != before || world.Decisions.Awaited() is not null || AwaitsScaleDown(), limit);
            if (!inTime) throw new LivenessException($"no release came to its end though the faults have stopped\nwithin {limit}: {world.World.Status.Phase}: {world.World.Status.Message}; {before}\nlast failures: {Failures()}");
            if (AwaitsScaleDown()) WorkloadActs.Scale(world, 0);
            else if (world.Decisions.Awaited() is { } awaited) world.Decide(awaited);
            else continue;

            world.World.Cluster.RunFor(TimeSpan.FromSeconds(5));
        }

        IsAtRest().ShouldBeTrue("however often people answer, there is no end");
    }

    /// <summary>It serves before there is a Rollout.</summary>
    private void RunDeployment(RolloutYaml rollout)
    {
        WorkloadActs.Apply(world, rollout);
        world.World.Cluster.RunFor(TimeSpan.FromSeconds(30));
    }

    /// <summary>The Deployment's pods serve, and a person is to say that they go.</summary>
    private bool AwaitsScaleDown() => world.World.Status.Phase == Phase.Paused && world.World.Condition(ConditionTypes.Ready)?.Reason == Reasons.WorkloadStillServing;

    /// <summary>Releases of the Rollout as it is now that have no outcome; one whose end nobody could follow, for its status was wiped, is not resumed.</summary>
    private IEnumerable<string?> Unfinished()
    {
        var uid = world.World.Rollout.Metadata.Uid;
        return world.World.Releases
            .Where(release => release.Status?.Outcome is null && release.Metadata.ControllerOwner()?.Uid == uid && !world.Abandoned.Contains(release.Metadata.Uid!))
            .Select(release => release.Metadata.Name);
    }

    private string Failures() => string.Join("; ", world.World.Cluster.Failures.TakeLast(3).Select(failure => string.Create(CultureInfo.InvariantCulture, $"{failure.At:HH:mm:ss} {failure.Controller} {failure.Key}: {failure.Error.Message}")));

    /// <summary>The releases in flight.</summary>
    private string Names() => string.Join(' ', Rollouts().Select(rollout => $"{rollout.Metadata.Name}/{rollout.Status?.Release?.Name}"));

    private IReadOnlyList<Rollout> Rollouts() => world.World.Cluster.List<Rollout>(ReleaseWorld.Namespace);

    private bool HasRollout() => world.World.Cluster.Get<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name) is not null;

    /// <summary>Healthy, held, or (stable itself cannot run and nothing else is asked for) a rollback that says that it is stuck, or pods that are said to be missing.</summary>
    private bool IsAtRest() => Rollouts().All(rollout => rollout.Status?.ObservedGeneration == rollout.Metadata.Generation && rollout.Status switch
    {
        { Release: null, Phase: Phase.Healthy or Phase.Degraded } or { Release.Stage: Stage.RollingBack, Phase: Phase.Degraded } => true,
        { Release: null, Phase: Phase.Progressing, Stable: { } stable } => CannotRun(stable.Revision),
        _ => false,
    });

    /// <summary>Promoted while no pods were wanted, which shows nothing.</summary>
    private bool CannotRun(string revision) => world.World.SetOf(revision)?.Spec?.Template?.Metadata?.Annotations is { } behaviour
        && new[] { "crash", "unschedulable", "image-pull-error" }.Any(trouble => behaviour.ContainsKey($"sandbox.sluice.dev/{trouble}"));
}
