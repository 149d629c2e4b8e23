using System.Net;
using System.Text;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Exhaustive;

/// <summary>
/// The operator of a run with one fault: it counts the operator's calls and the events that reach it, lets the fault happen at its place, and starts an
/// operator that died again.
/// </summary>
internal sealed class FaultyOperator : IDisposable
{
    private const string OperatorName = "sluice";

    private static readonly HashSet<string> Watched =
        ["rollouts.sluice.dev", "releases.sluice.dev", "decisions.sluice.dev", "migrations.sluice.dev", "replicasets.apps", "jobs.batch", "pods"];

    private readonly ReleaseWorld world;
    private readonly HistoryLog log;
    private readonly List<RecordedCall> calls = [];
    private readonly List<RecordedEvent> events = [];
    private SingleFault fault;
    private PlaceInRelease place = new(0, 0);
    private bool isDead;
    private string? standstill;
    private long standstillFrom;
    private ITimer? standstillEnd;

    public FaultyOperator(ReleaseWorld world, SingleFault fault, HistoryLog log)
    {
        (this.world, this.fault, this.log) = (world, fault, log);
        world.KillOperator();
        Start();
    }

    public IReadOnlyList<RecordedCall> Calls => calls;

    public IReadOnlyList<RecordedEvent> Events => events;

    /// <summary>How many calls and events there were.</summary>
    public PlaceInRelease Place => place;

    /// <summary>When the fault happened; null before.</summary>
    public DateTimeOffset? StruckAt { get; private set; }

    /// <summary>Whether the fault has happened.</summary>
    public bool HasStruck => StruckAt is not null;

    /// <summary>Whether the fault has happened and does nothing more by itself, or there is none; what it led to may go on.</summary>
    public bool IsOver => (HasStruck || fault is SingleFault.None) && !isDead && standstill is null;

    /// <summary>The release is back where it would be without the fault: now another one may happen.</summary>
    /// <param name="next">What happens next.</param>
    /// <param name="where">How many calls and events there would have been.</param>
    public void Turn(SingleFault next, PlaceInRelease where)
    {
        (fault, place) = (next, where);
        StruckAt = null;
    }

    /// <summary>Starts the operator again if it has died; to be called between the steps of the cluster.</summary>
    public void Revive()
    {
        if (!isDead) return;

        log.Say("the operator starts again");
        world.KillOperator();
        isDead = false;
        Start();
    }

    public void Dispose() => standstillEnd?.Dispose();

    private void Start() => world.StartOperator(OperatorName, new ControllerSetOptions
    {
        Lag = (_, _) => fault is SingleFault.OfEvent { Fault: EventFault.Late } late && late.Event.Index == place.Events ? SingleFault.OfEvent.Lateness : TimeSpan.Zero,
        Fate = Count,
        HoldsBack = StandsStill,
        Repair = SingleFault.OfEvent.Repair,
        WrapHandler = inner => new Connection(inner, this),
    });

    /// <summary>Counts an event; asked before <see cref="ControllerSetOptions.Lag"/>.</summary>
    private EventFate Count(string resource, NamespacedName key)
    {
        if (!Watched.Contains(resource)) return EventFate.Arrives;

        place = place with { Events = place.Events + 1 };
        events.Add(new RecordedEvent(place.Events, place.Sum, resource, key.Name));
        if (fault is not SingleFault.OfEvent strike || strike.Event.Index != place.Events) return EventFate.Arrives;

        Strike(strike);
        if (strike.UnseenBy > 0) BeginStandstill(resource);
        return strike.Fault switch
        {
            EventFault.Dropped => EventFate.IsLost,
            EventFault.Doubled => EventFate.ArrivesTwice,
            _ => EventFate.Arrives,
        };
    }

    private void BeginStandstill(string resource)
    {
        (standstill, standstillFrom) = (resource, world.OperatorReconciles);

        // Its end must come though nothing else is due.
        standstillEnd = world.Cluster.Time.CreateTimer(_ => standstill = null, state: null, SingleFault.OfEvent.LongestStandstill, Timeout.InfiniteTimeSpan);
    }

    private bool StandsStill(string resource)
    {
        if (standstill is not null && fault is SingleFault.OfEvent held && world.OperatorReconciles - standstillFrom >= held.UnseenBy)
        {
            standstill = null;
            standstillEnd?.Dispose();
        }

        return standstill == resource;
    }

    private void Strike(SingleFault what)
    {
        StruckAt = world.Cluster.Now;
        log.Say($"FAULT: {what}");
    }

    private sealed class Connection(HttpMessageHandler inner, FaultyOperator owner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (owner.isDead) throw new OperatorDiedException();

            owner.place = owner.place with { Calls = owner.place.Calls + 1 };
            var call = new RecordedCall(owner.place.Calls, owner.place.Sum, owner.world.OperatorReconciles, request.Method.Method, request.RequestUri!.PathAndQuery);
            owner.calls.Add(call);
            if (owner.fault is not SingleFault.OfCall strike || strike.Call.Index != call.Index) return await base.SendAsync(request, cancellationToken);

            owner.Strike(strike);
            return strike.Fault switch
            {
                CallFault.CrashBefore => throw Die(),
                CallFault.CrashAfter => throw await DieAfterAsync(request, cancellationToken),
                CallFault.Conflict => Answer(HttpStatusCode.Conflict, "Conflict"),
                CallFault.Gone => Answer(HttpStatusCode.Gone, "Expired"),
                CallFault.TooManyRequests => Answer(HttpStatusCode.TooManyRequests, "TooManyRequests"),
                CallFault.ServerError => Answer(HttpStatusCode.InternalServerError, "InternalError"),
                CallFault.TimeoutCommitted => throw await TimeOutAfterAsync(request, cancellationToken),
                _ => throw new TimeoutException("no answer in time; the request never arrived"),
            };
        }

        private OperatorDiedException Die()
        {
            owner.isDead = true;
            return new OperatorDiedException();
        }

        private async Task<OperatorDiedException> DieAfterAsync(HttpRequestMessage request, CancellationToken ct)
        {
            (await base.SendAsync(request, ct)).Dispose();
            return Die();
        }

        private async Task<TimeoutException> TimeOutAfterAsync(HttpRequestMessage request, CancellationToken ct)
        {
            (await base.SendAsync(request, ct)).Dispose();
            return new TimeoutException("no answer in time; the request was carried out");
        }

        private static HttpResponseMessage Answer(HttpStatusCode code, string reason)
        {
            var text = $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","message":"a fault of the simulation","code":{{(int)code}}}""";
            var answer = new HttpResponseMessage(code) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
            if (code == HttpStatusCode.TooManyRequests) answer.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(TimeSpan.FromSeconds(1));
            return answer;
        }
    }
}
