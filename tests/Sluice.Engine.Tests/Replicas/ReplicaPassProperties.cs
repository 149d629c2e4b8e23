using FsCheck;
using FsCheck.Fluent;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Tests.Replicas;

public sealed class ReplicaPassProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(600);

    /// <summary>What happens to one Rollout: a start, and replicas and weights that are asked for one after the other. Weight 100 is a promotion, 0 a rollback.</summary>
    private sealed record Scenario(int Replicas, string Surge, string Unavailable, int Older, bool Router, IReadOnlyList<(int Replicas, int Weight)> Asked, int Seed);

    private static Arbitrary<Scenario> Scenarios =>
        (from replicas in Gen.Choose(1, 30)
         from surge in Gen.Elements("0", "1", "3", "25%", "100%")
         from unavailable in Gen.Elements("0", "1", "2", "25%", "100%")
         from older in Gen.Choose(0, 6)
         from router in Gen.Elements(true, false)
         from asked in (from r in Gen.Frequency((1, Gen.Constant(0)), (6, Gen.Choose(1, 30)))
                        from w in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Constant(100)), (4, Gen.Choose(1, 99)))
                        select (r, w)).NonEmptyListOf()
         from seed in Gen.Choose(0, int.MaxValue)
         select new Scenario(replicas, surge, unavailable, older, router, [.. asked.Take(4)], seed)).ToArbitrary();

    [Fact]
    public void Whatever_fails_between_passes_the_bounds_hold_at_every_one() =>
        Check.One(Many, Prop.ForAll(Scenarios, scenario =>
        {
            var random = new Random(scenario.Seed);
            var cluster = Start(scenario, random);
            foreach (var asked in scenario.Asked)
            {
                var (target, bounds) = Goal(scenario, asked);
                for (var i = 0; i < 12; i++)
                {
                    PassWithinBounds(cluster, target, bounds);
                    cluster.SyncReplicaSets();
                    cluster.StartPods();
                    if (random.Next(3) == 0) cluster.FailPods(percent: 20);
                }
            }

            return true;
        }));

    [Fact]
    public void While_pods_become_available_every_target_is_reached_in_bounded_passes() =>
        Check.One(Many, Prop.ForAll(Scenarios, scenario =>
        {
            var random = new Random(scenario.Seed);
            var cluster = Start(scenario, random);
            foreach (var asked in scenario.Asked)
            {
                var (target, bounds) = Goal(scenario, asked);
                if (random.Next(2) == 0) cluster.FailPods(percent: 30);
                Arrive(cluster, target, bounds).ShouldBeTrue($"{scenario} did not reach {target} within {bounds}");
            }

            return true;
        }));

    [Fact]
    public void A_crash_looping_canary_is_removed_and_stable_restored() =>
        Check.One(Many, Prop.ForAll(Scenarios, scenario =>
        {
            var cluster = new SimulatedCluster(new Random(scenario.Seed));
            var bounds = BoundsOf(scenario, scenario.Replicas);
            cluster.Add("stable", scenario.Replicas / 2);
            cluster.Add("canary", Math.Max(0, bounds.MaxPods - scenario.Replicas / 2), crashLoops: true);
            cluster.Add("older", 0);

            return Arrive(cluster, new ReplicaTarget(0, scenario.Replicas), bounds);
        }));

    [Fact]
    public void A_stable_that_is_down_for_good_gives_way_to_a_canary_that_works() =>
        Check.One(Many, Prop.ForAll(Scenarios, scenario =>
        {
            var cluster = new SimulatedCluster(new Random(scenario.Seed));
            cluster.Add("stable", scenario.Replicas, crashLoops: true);
            cluster.Add("canary", 0);
            cluster.Add("older", 0);

            return Arrive(cluster, new ReplicaTarget(scenario.Replicas, 0), BoundsOf(scenario, scenario.Replicas));
        }));

    [Fact]
    public void A_stable_that_broke_after_it_had_worked_gives_way_too() =>
        Check.One(Many, Prop.ForAll(Scenarios, scenario =>
        {
            var cluster = Start(scenario, new Random(scenario.Seed));
            cluster.BreakForGood("stable");

            return Arrive(cluster, new ReplicaTarget(scenario.Replicas, 0), BoundsOf(scenario, scenario.Replicas));
        }));

    [Fact]
    public void Nothing_is_asked_for_twice() =>
        Check.One(Many, Prop.ForAll(Scenarios, scenario =>
        {
            var cluster = Start(scenario, new Random(scenario.Seed));
            var (target, bounds) = Goal(scenario, scenario.Asked[0]);
            cluster.Apply(Plan(cluster, target, bounds));

            return Plan(cluster, target, bounds).Changes.Count == 0;
        }));

    private static SimulatedCluster Start(Scenario scenario, Random random)
    {
        var cluster = new SimulatedCluster(random);
        cluster.Add("stable", scenario.Replicas);
        cluster.Add("canary", 0);
        cluster.Add("older", scenario.Older);
        return cluster;
    }

    private static ReplicaBounds BoundsOf(Scenario scenario, int replicas)
    {
        var (surge, unavailable) = (CountOrPercentTests.Parse(scenario.Surge), CountOrPercentTests.Parse(scenario.Unavailable));
        return scenario.Router ? ReplicaBounds.ForRouter(replicas, surge, unavailable) : ReplicaBounds.For(replicas, surge, unavailable);
    }

    private static (ReplicaTarget Target, ReplicaBounds Bounds) Goal(Scenario scenario, (int Replicas, int Weight) asked)
    {
        var (surge, _) = ReplicaBounds.Resolve(asked.Replicas, CountOrPercentTests.Parse(scenario.Surge), CountOrPercentTests.Parse(scenario.Unavailable));
        var split = scenario.Router && asked.Weight < 100
            ? WeightedSplit.ForRouter(asked.Replicas, asked.Weight)
            : WeightedSplit.For(asked.Replicas, asked.Weight, surge);
        return (ReplicaTarget.Of(split), BoundsOf(scenario, asked.Replicas));
    }

    private static ReplicaPass Plan(SimulatedCluster cluster, ReplicaTarget target, ReplicaBounds bounds) =>
        ReplicaPass.Plan(new ReplicaSets(cluster.Observe("canary"), cluster.Observe("stable"), [cluster.Observe("older")]), target, bounds);

    private static ReplicaPass PassWithinBounds(SimulatedCluster cluster, ReplicaTarget target, ReplicaBounds bounds)
    {
        var pass = Plan(cluster, target, bounds);
        pass.Changes.Select(change => change.Name).ShouldBeUnique();
        var (podsBefore, availableBefore) = (cluster.MostPods, cluster.FewestAvailable);
        cluster.Apply(pass);
        cluster.MostPods.ShouldBeLessThanOrEqualTo(Math.Max(podsBefore, bounds.MaxPods));
        cluster.FewestAvailable.ShouldBeGreaterThanOrEqualTo(Math.Min(availableBefore, bounds.MinAvailable));
        return pass;
    }

    private static bool Arrive(SimulatedCluster cluster, ReplicaTarget target, ReplicaBounds bounds)
    {
        // Each round moves a pod at least: no more rounds than pods on the way out and in, and a few to settle.
        var rounds = cluster.MostPods + target.Canary + target.Stable + 5;
        for (var i = 0; i < rounds; i++)
        {
            if (PassWithinBounds(cluster, target, bounds).IsSettled) return true;
            cluster.SyncReplicaSets(all: true);
            cluster.StartPods(all: true);
        }

        return false;
    }
}
