using Sluice.Engine.Replicas;

namespace Sluice.Engine.Tests.Replicas;

/// <summary>
/// One pass in the situations that rollouts are known to meet, worked out by hand. A side is written as pods wanted / pods available; stable's pods that are not available
/// were so before, the canary's have never been.
/// </summary>
public sealed class ReplicaVectorTests
{
    [Theory]

    // Towards a weight: the canary takes the surge, stable gives what is spare.
    [InlineData(10, 20, "2", "0", "10/10", "0/0", "0/0", 10, 2, 0)]
    [InlineData(10, 20, "20%", "0", "10/10", "0/0", "0/0", 10, 2, 0)]
    [InlineData(10, 20, "2", "0", "10/10", "2/2", "0/0", 8, 2, 0)]
    [InlineData(10, 30, "2", "0", "10/10", "0/0", "0/0", 10, 2, 0)]
    [InlineData(10, 20, "0", "2", "10/10", "0/0", "0/0", 8, 0, 0)]
    [InlineData(10, 30, "0", "20%", "10/10", "0/0", "0/0", 8, 0, 0)]
    [InlineData(10, 5, "0", "1", "10/10", "0/0", "0/0", 9, 0, 0)]
    [InlineData(10, 5, "0", "1", "9/9", "0/0", "0/0", 9, 1, 0)]
    [InlineData(10, 10, "0%", "0%", "10/10", "0/0", "0/0", 9, 0, 0)]
    [InlineData(3, 99, "0", "2", "3/3", "0/0", "0/0", 1, 0, 0)]
    [InlineData(3, 99, "0", "2", "1/1", "0/0", "0/0", 1, 2, 0)]

    // One replica.
    [InlineData(1, 20, "1", "0", "1/1", "0/0", "0/0", 1, 1, 0)]
    [InlineData(1, 90, "1", "0", "1/1", "0/0", "0/0", 1, 1, 0)]
    [InlineData(1, 49, "0", "1", "1/1", "0/0", "0/0", 1, 0, 0)]
    [InlineData(1, 51, "0", "1", "1/1", "0/0", "0/0", 0, 0, 0)]
    [InlineData(1, 51, "0", "1", "0/0", "0/0", "0/0", 0, 1, 0)]

    // All and nothing.
    [InlineData(10, 0, "1", "1", "10/10", "1/1", "0/0", 10, 0, 0)]
    [InlineData(10, 100, "1", "1", "1/1", "10/10", "0/0", 0, 10, 0)]
    [InlineData(4, 100, "4", "4", "4/4", "0/0", "0/0", 0, 4, 0)]
    [InlineData(4, 100, "3", "0", "4/4", "0/0", "0/0", 4, 3, 0)]

    // Back from all of the pods: a canary pod goes for each stable one that is there.
    [InlineData(4, 0, "1", "0", "0/0", "4/4", "0/0", 1, 4, 0)]
    [InlineData(4, 0, "1", "0", "1/0", "4/4", "0/0", 1, 4, 0)]
    [InlineData(4, 0, "1", "0", "1/1", "4/4", "0/0", 1, 3, 0)]

    // While stable is not well: no more than the surge is added, and no more given up than is made up for.
    [InlineData(4, 100, "1", "0", "4/1", "0/0", "0/0", 4, 1, 0)]
    [InlineData(4, 100, "1", "0", "4/1", "1/1", "0/0", 3, 1, 0)]
    [InlineData(10, 30, "0", "3", "8/5", "4/4", "0/0", 7, 3, 0)]
    [InlineData(10, 100, "1", "0", "10/2", "10/8", "0/0", 2, 10, 0)]

    // Beside pods of an older revision: stable grows first, and they go first.
    [InlineData(10, 30, "1", "0", "1/1", "0/0", "3/3", 7, 1, 3)]
    [InlineData(10, 30, "0", "1", "8/6", "4/2", "3/3", 7, 3, 1)]
    public void One_pass_does_as_much_as_surge_and_availability_allow(
        int replicas, int weight, string surge, string unavailable, string stable, string canary, string older, int stableThen, int canaryThen, int olderThen)
    {
        var bounds = ReplicaBounds.For(replicas, CountOrPercentTests.Parse(surge), CountOrPercentTests.Parse(unavailable));
        var (pods, _) = ReplicaBounds.Resolve(replicas, CountOrPercentTests.Parse(surge), CountOrPercentTests.Parse(unavailable));
        var sides = new[] { State("stable", stable, wereReady: true), State("canary", canary, wereReady: false), State("older", older, wereReady: true) };

        var pass = ReplicaPass.Plan(new ReplicaSets(sides[1], sides[0], [sides[2]]), ReplicaTarget.Of(WeightedSplit.For(replicas, weight, pods)), bounds);

        sides.Select(side => pass.Changes.FirstOrDefault(change => change.Name == side.Name)?.To ?? side.Desired).ShouldBe([stableThen, canaryThen, olderThen]);
    }

    private static ReplicaSetState State(string name, string pods, bool wereReady)
    {
        var counts = pods.Split('/').Select(int.Parse).ToList();
        return new ReplicaSetState(name, counts[0], counts[0], counts[1], counts[1], wereReady ? 0 : counts[0] - counts[1]);
    }
}
