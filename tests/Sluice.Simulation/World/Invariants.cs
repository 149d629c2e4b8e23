using Sluice.Sandbox.ApiServer;
using Sluice.Simulation.World.Promises;
using Sluice.TestSupport;

namespace Sluice.Simulation.World;

/// <summary>What must hold after every write that reaches the API server, one promise after the other (docs/simulation.md).</summary>
internal sealed class Invariants
{
    private static readonly HashSet<string> OwnResources = ["rollouts", "releases", "migrations", "replicasets", "pods", "jobs", "leases", "decisions", "httproutes", "virtualservices", "destinationrules", "ingresses", "services", "deployments"];

    private readonly ReleaseWorld world;
    private readonly LastStates states;
    private readonly Answers answers;
    private readonly IReadOnlyList<IPromise> promises;

    public Invariants(ReleaseWorld world)
    {
        this.world = world;
        states = new LastStates(world.Cluster);
        answers = new Answers(world.Note);
        var pods = new PodHistory(world);
        promises =
        [
            pods,
            new Shapes(world),
            new Capacity(world),
            new Adoptions(world),
            new Restarts(world),
            new Promises.Traffic(world),
            new Switches(world),
            new Stages(world, pods),
            new Waits(world, pods),
            new Weights(world),
            new Outcomes(world),
            new Verdicts(world, answers),
            new Evidence(world, answers),
            new SegmentEnds(world, pods),
            new ReleaseRecords(world),
            new DecisionAnswers(world),
            new Migrations(world),
            new Contracts(world),
            new OwedContracts(world),
            new Floors(world),
            new Jobs(world),
            new Checks(world),
            new Locks(world),
            new Reports(),
        ];
    }

    /// <summary>Writes of the operator so far; events apart.</summary>
    public long Writes { get; private set; }

    public StatusHistory Statuses { get; } = new();

    /// <summary>Listens to what one operator's measurements answer.</summary>
    public void Listen(string name, VirtualMeasurements measurements) => answers.Listen(name, measurements);

    public void Check(CommittedWrite committed)
    {
        var isTheOperators = Ownership.IsTheOperators(committed.UserAgent);
        if (committed.Resource == "rollouts") Statuses.Note(committed, isTheOperators);
        if (isTheOperators)
        {
            Writes++;
            Promise.Keep(world.Rights.Refused.Count == 0, "config/rbac/operator.yaml grants what the operator does", $"{string.Join(", ", world.Rights.Refused)}");
            Promise.Keep(OwnResources.Contains(committed.Resource), "the operator writes nothing that is not its own", $"{committed.Resource} {committed.Name}");
            world.Traffic.Check(committed);
        }

        if (states.Take(committed, isTheOperators, world.ClockOf(committed.UserAgent)) is not { } taken) return;

        var write = taken with { IsLate = world.HasLateArrival };
        foreach (var promise in promises)
        {
            if (!write.IsLate || promise.HoldsForLateArrivals) promise.Check(write);
        }
    }
}
