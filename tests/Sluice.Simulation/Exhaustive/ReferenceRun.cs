using Sluice.Api;
using Sluice.Simulation.Running;
using Sluice.Simulation.World;
using Sluice.Simulation.World.Promises;

namespace Sluice.Simulation.Exhaustive;

/// <summary>One run of a reference release with one fault, or none.</summary>
internal sealed class ReferenceRun : IDisposable
{
    private const double GoodLatency = 0.1;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWithoutFault = TimeSpan.FromHours(2);

    private readonly ReferenceRelease reference;
    private readonly ReleaseWorld world;
    private readonly HistoryLog log;
    private readonly FaultyOperator faulty;
    private readonly DateTimeOffset begin;
    private readonly HashSet<string> states = [];
    private SingleFault fault;
    private int acted;
    private bool hasNoOccasion;
    private bool hasTurned;
    private KnownFuture? future;

    /// <param name="reference">The release.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="isTold">Whether a failure tells the history; of runs by the thousand nobody reads it.</param>
    public ReferenceRun(ReferenceRelease reference, SingleFault fault, bool isTold)
    {
        (this.reference, this.fault) = (reference, fault);
        world = PreparedWorlds.Begin(reference.Prepare);
        world.Prometheus.ThresholdValue = GoodLatency;
        log = new HistoryLog(world) { IsSilent = !isTold };
        Allow();
        world.Cluster.RunFor(reference.RunUp);
        world.Cluster.Observe(log.Note);
        faulty = new FaultyOperator(world, fault, log);
        begin = world.Cluster.Now;
    }

    public IReadOnlyList<RecordedCall> Calls => faulty.Calls;

    public IReadOnlyList<RecordedEvent> Events => faulty.Events;

    /// <summary>How long it took until the outcome was reached.</summary>
    public TimeSpan Duration { get; private set; }

    public string Result { get; private set; } = "";

    /// <summary>The history, once it was run.</summary>
    public History? History { get; private set; }

    /// <summary>How other runs of the release went on, for this one to end where that is known; null for a run that does not end before its end.</summary>
    public KnownFutures? Futures { get; init; }

    /// <summary>Faults to go on with where this one is over without a trace; null for this one alone.</summary>
    public OpenFaults? Others { get; init; }

    /// <summary>What goes wrong, or went wrong last.</summary>
    public SingleFault Fault => fault;

    /// <summary>Runs without a fault.</summary>
    public void RunWithout() => Guarded(() =>
    {
        RunToOutcome(() => LongestWithoutFault);
        reference.Expected(world);
        Rest();
        End(world.History);
    });

    /// <summary>Runs with the fault, and holds the end against that of the run without.</summary>
    public void RunAgainst(ReferenceRun without) => Guarded(() =>
    {
        RunToOutcome(() => without.Duration + Grace + Patience);
        if (future is null) Rest();
        faulty.HasStruck.ShouldBeTrue("the fault must happen");
        Result = future?.Result ?? Result;
        if (!CameTooLate()) HoldResult(without);
        End(future?.For(fault.Delay) ?? world.History);
    });

    public void Dispose()
    {
        faulty.Dispose();
        world.Dispose();
    }

    /// <summary>How much longer than without the fault the outcome is waited for.</summary>
    private TimeSpan Patience => fault.Delay + (fault is SingleFault.OfEvent ? reference.EventSlack : TimeSpan.Zero);

    private void HoldResult(ReferenceRun without) => (Result == without.Result || reference.AlsoRight(fault, Result)).ShouldBeTrue($"it ends otherwise than without the fault:\n{ReleaseResult.Difference(without.Result, Result)}");

    /// <summary>It has come to a good end: so do others from any state that this one went through.</summary>
    private void End(History history)
    {
        History = history;
        Futures?.Add(states, new KnownFuture(fault.Delay, Patience, future?.Result ?? Result, history));
    }

    /// <param name="deadline">From the beginning, for the fault of that time.</param>
    private void RunToOutcome(Func<TimeSpan> deadline)
    {
        do
        {
            hasTurned = false;
            world.Cluster.RunUntil(HasCome, begin + deadline() - world.Cluster.Now);
        }
        while (hasTurned);

        Duration = world.Cluster.Now - begin;
    }

    /// <summary>To be asked after each step: whether the outcome is reached, or nothing more is to be learnt on the way to it.</summary>
    private bool HasCome()
    {
        faulty.Revive();
        if (acted < reference.Acts.Count && reference.Acts[acted].When(world)) Act(reference.Acts[acted++]);
        if (IsKnown()) return true;

        hasNoOccasion = acted < reference.Acts.Count && IsOfDecision && world.Cluster.Now >= faulty.StruckAt + fault.Delay && ReleaseResult.IsReached(world);
        return (acted == reference.Acts.Count || CameTooLate()) && ReleaseResult.IsReached(world);
    }

    /// <summary>
    /// Whether the rest is another run's rest. What people do has its own way where a Decision is late: there every run is run to its end.
    /// </summary>
    private bool IsKnown()
    {
        if (Futures is null || IsOfDecision || !faulty.IsOver || world.State() is not { } state) return false;

        states.Add(state);
        if (fault is SingleFault.None)
        {
            Futures.Pass(state, faulty.Place);
            return false;
        }

        future = Futures.From(state, fault.Delay, Patience);
        if (future is not null && Futures.OnThePath(state) is { } place && Others?.ClaimAfter(place.Sum) is { } next) Turn(next, place);
        return hasTurned || future is not null;
    }

    /// <summary>The world is what it would be without the fault, which is over; it serves for the next one.</summary>
    private void Turn(SingleFault next, PlaceInRelease place)
    {
        log.Say($"as without {fault}");
        End(future!.For(fault.Delay));
        Others!.End(fault, History);
        states.Clear();
        (fault, future, hasTurned) = (next, null, true);
        faulty.Turn(next, place);
        Allow();
    }

    /// <summary>What promises allow for.</summary>
    private void Allow() => world.Disturbance = fault is SingleFault.None ? TimeSpan.Zero : fault.Delay + Grace;

    private bool IsOfDecision => fault is SingleFault.OfEvent { Event.Resource: "decisions.sluice.dev" };

    /// <summary>
    /// A Decision that the operator learned of late: the release was over, and it says so; or it took effect at another moment than it was meant for. What people
    /// would have done next has no occasion any more.
    /// </summary>
    private bool CameTooLate() => hasNoOccasion || (IsOfDecision && world.Decisions.Any(decision => decision.Status?.State is DecisionState.Late or DecisionState.Superseded));

    private void Act(PersonActs act)
    {
        log.Say($"person: {act.What}");
        world.Note($"person: {act.What}");
        act.Do(world);
    }

    /// <summary>What was lost is made good for, and then nothing is written for an hour.</summary>
    private void Rest()
    {
        RunOn(TimeSpan.FromMinutes(2) + fault.Delay);
        var (writes, looks) = (world.Writes, world.Looks);
        RunOn(TimeSpan.FromHours(1));
        world.Writes.ShouldBe(writes, "nothing is written for an hour");
        world.Looks.ShouldBe(looks, "what is at rest is not looked at");
        AtRest.Check(world);
        ReleaseResult.IsReached(world).ShouldBeTrue("the outcome stays");
        if (world.Exists) world.DecisionsShouldHold();
        Result = ReleaseResult.Of(world);
    }

    private void RunOn(TimeSpan span)
    {
        var end = world.Cluster.Now + span;
        world.Cluster.TryRunUntil(
            () =>
            {
                faulty.Revive();
                return false;
            },
            span);
        if (end > world.Cluster.Now) world.Cluster.RunFor(end - world.Cluster.Now);
    }

    private void Guarded(Action run)
    {
        try
        {
            run();
        }
        catch (Exception violation) when (violation is not OutOfMemoryException)
        {
            throw new ReferenceFailedException($"{reference.Name}, {fault}: {violation.Message}\n{string.Join('\n', log.Lines.TakeLast(200))}", violation);
        }
    }
}
