using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>The world of a random history: the cluster, the operators that run, what befalls them, and what people can do.</summary>
internal sealed class RandomWorld : IDisposable
{
    public const string NeighbourName = "billing";

    private const int MostBetween = 3;

    /// <summary>Each look at the routes costs, and no promise is about when a proxy learns of them.</summary>
    private static readonly TimeSpan RouteInterval = TimeSpan.FromSeconds(10);

    private readonly HeldRequests held;
    private readonly List<LiveOperator> operators = [];
    private int operatorsStarted;
    private int between;

    public RandomWorld(int seed, bool isInterleaved, bool isTold)
    {
        Features = Features.Draw(seed);
        Plans = new RandomPlans(Disturbance.Of(seed, "bounds"), Features);
        World = new ReleaseWorld(seed, interleaving: isInterleaved ? Disturbance.Of(seed, "interleaving") : null, routes: Features.Route is not null, routeInterval: RouteInterval);
        Decisions = new RandomDecisions(World);
        Log = new HistoryLog(World) { IsSilent = !isTold };
        World.Cluster.Observe(Log.Note);
        held = new HeldRequests(World, Log, seed);
        World.KillOperator();
        PutBackRoutes();
    }

    public Features Features { get; }

    public ReleaseWorld World { get; }

    public RandomPlans Plans { get; }

    public RandomDecisions Decisions { get; }

    public HistoryLog Log { get; }

    public IReadOnlyList<LiveOperator> Operators => operators;

    public List<CallTrouble> Calls { get; } = [];

    public List<CacheTrouble> Caches { get; } = [];

    /// <summary>How long the faults so far go on to be felt when they have stopped: caches repair what they missed, and times that a wrong clock wrote pass.</summary>
    public TimeSpan Aftermath { get; private set; }

    /// <summary>Releases (their UIDs) that were in flight when a person wiped the status, or deleted the Rollout alone.</summary>
    public HashSet<string> Abandoned { get; } = [];

    /// <summary>A person takes the status away.</summary>
    public void WipeStatus()
    {
        Abandon();
        Try("wipe the status", () => World.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}"""));
    }

    /// <summary>A person deletes the Rollout, with what it owns or without.</summary>
    public void DeleteRollout(bool leavesDependents)
    {
        if (leavesDependents) Abandon();
        Delete<Rollout>([ReleaseWorld.Name], leavesDependents ? DeleteOptions.Background with { PropagationPolicy = "Orphan" } : null);
    }

    /// <summary>What leads traffic is there as people wrote it, though the operator may have turned it since.</summary>
    public void PutBackRoutes()
    {
        if (Features.HasServices) Try("apply the Services", () => World.Cluster.Kubectl.Apply(RouteYaml.Services));
        if (Features.Route is { } route) DrawnRoute.Apply(this, route.Manifest, "as it was");

        // Of the Service of both subsets nobody but people writes the revision.
        if (Features.Steering == Steering.IstioSubsets) Turn(RouteYaml.StableService, revision: null);
    }

    /// <summary>The Deployment is there, with the template of what was applied last.</summary>
    public void PutBackDeployment()
    {
        if (Features.Workload is not null) WorkloadActs.Apply(this, Plans.Last);
    }

    public void Say(string text) => Log.Say(text);

    public void StartOperator()
    {
        var name = $"sluice-{++operatorsStarted}";
        var clock = new OperatorClock(World.Cluster.Time);
        Say($"{name} starts");
        operators.Add(new LiveOperator(name, clock));
        World.StartOperator(
            name,
            new ControllerSetOptions
            {
                Lag = (resource, _) => TimeSpan.FromSeconds(Math.Round(Concerned(name, resource).Sum(trouble => trouble.Lag > TimeSpan.Zero ? trouble.Draws.NextDouble() * trouble.Lag.TotalSeconds : 0), 2)),
                Fate = (resource, _) => Concerned(name, resource).FirstOrDefault(trouble => trouble.Rate > 0 && trouble.Draws.NextDouble() < trouble.Rate)?.Fate ?? EventFate.Arrives,
                HoldsBack = resource => Concerned(name, resource).Any(trouble => trouble.StandsStill),
                WrapHandler = inner => new FaultyConnection(inner) { Strikes = request => Strike(name, request), Holds = held.Hold },
            },
            clock);
    }

    public void KillOperator(LiveOperator victim)
    {
        Say($"{victim.Name} is killed");
        operators.Remove(victim);
        World.KillOperator(victim.Name);
    }

    public LiveOperator AnyOperator(Random draws) => operators[draws.Next(operators.Count)];

    public void SetClock(LiveOperator of, TimeSpan skew)
    {
        Say($"the clock of {of.Name} jumps from {of.Clock.Skew.TotalSeconds:+0.#;-0.#;0} s to {skew.TotalSeconds:+0.#;-0.#;0} s");
        of.Clock.Skew = skew;
        Feel(skew.Duration());
    }

    /// <summary>All faults stop: calls succeed, caches follow, clocks are right, Prometheus answers.</summary>
    public void Heal()
    {
        Calls.Clear();
        Caches.Clear();
        foreach (var one in operators) one.Clock.Skew = TimeSpan.Zero;
        World.Prometheus.Fault = null;
        World.Prometheus.IsBlind = false;
        World.Prometheus.AnswerTime = VirtualPrometheus.UsualAnswerTime;
    }

    public void Add(CacheTrouble trouble)
    {
        Caches.Add(trouble);
        Feel(trouble.Fate == EventFate.IsLost ? new ControllerSetOptions().Repair : trouble.Lag);

        // A cache that stood still goes on by itself, though nothing else is due.
        World.Prometheus.Keep(World.Cluster.Time.CreateTimer(_ => { }, state: null, trouble.Until - World.Cluster.Now, Timeout.InfiniteTimeSpan));
    }

    /// <summary>A person applies a Rollout, and before it the Deployment whose pods it is to have.</summary>
    public void Apply(RolloutYaml rollout)
    {
        if (rollout.ScaleDown is not null) WorkloadActs.Apply(this, rollout);
        Try(Describe(rollout), () => World.Apply(rollout));
    }

    public void Decide(DecisionSpec spec) =>
        Try($"decides {spec.Action} {spec.Release} {spec.Revision} {spec.Gate}{spec.ToRelease}{spec.Subject}", () => World.Decide(spec));

    public void Patch(string json)
    {
        if (World.Cluster.Get<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name) is not null) Try(json, () => World.Patch(json));
    }

    /// <summary>The name of any object of a kind; null when there is none.</summary>
    public string? NameOf<T>(Random draws)
        where T : class, IKubernetesObject
    {
        var draw = draws.NextDouble();
        var all = World.Cluster.List<T>(ReleaseWorld.Namespace);
        return all.Count == 0 ? null : all[(int)(draw * all.Count)].Metadata.Name;
    }

    /// <summary>Where people turn what selects a revision: to another, to one that there never was, or to none, which is null.</summary>
    public string? Elsewhere(Random draws)
    {
        var set = NameOf<V1ReplicaSet>(draws);
        return draws.Next(4) switch { 0 => null, 1 => "ffffffffff", _ => set?[(set.LastIndexOf('-') + 1)..] };
    }

    public void Turn(string service, string? revision)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["selector"] = new JsonObject { [Labels.Revision] = revision } } }.ToJsonString();
        Try($"turn Service {service} to {revision ?? "no revision"}", () => World.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, service, patch));
    }

    public void DeleteOne<T>(Random draws, DeleteOptions? options = null)
        where T : class, IKubernetesObject => Delete<T>(NameOf<T>(draws) is { } name ? [name] : [], options);

    public void Delete<T>(IEnumerable<string> names, DeleteOptions? options = null)
        where T : class, IKubernetesObject
    {
        foreach (var name in names.ToList()) Try($"delete {typeof(T).Name} {name}{(options?.PropagationPolicy is { } policy ? $" ({policy})" : "")}", () => World.Cluster.Kubectl.Delete<T>(ReleaseWorld.Namespace, name, options));
    }

    /// <summary>What the API server refuses a person is no fault of anybody.</summary>
    public void Try(string what, Action act)
    {
        try
        {
            act();
            Say($"person: {what}");
        }
        catch (KubernetesException refused)
        {
            Say($"person: {what}: refused: {refused.Message}");
        }
    }

    public void Dispose()
    {
        held.Dispose();
        World.Dispose();
    }

    private static string Describe(RolloutYaml rollout) => string.Create(
        CultureInfo.InvariantCulture,
        $"apply {rollout.Name} {rollout.Image} {string.Join(' ', rollout.Behaviour.Select(entry => $"{entry.Key.Split('/')[1]}={entry.Value}"))} replicas {rollout.Replicas} surge {rollout.MaxSurge} unavailable {rollout.MaxUnavailable} {rollout.BlueGreen}{rollout.Traffic} steps [{string.Join(", ", rollout.Steps)}] analysis {rollout.Analysis?.ReplaceLineEndings(" ")} soak {rollout.Soak} migration {rollout.Migration?.ReplaceLineEndings(" ")}");

    private void Abandon() => Abandoned.UnionWith(World.Releases.Where(release => release.Status?.Outcome is null).Select(release => release.Metadata.Uid!));

    private void Feel(TimeSpan span) => Aftermath = span > Aftermath ? span : Aftermath;

    private IEnumerable<CacheTrouble> Concerned(string name, string resource) => Caches.Where(trouble => trouble.Concerns(name, resource, World.Cluster.Now));

    private ConnectionFault? Strike(string name, HttpRequestMessage request)
    {
        LetOthersIn(name, request);
        foreach (var trouble in Calls)
        {
            if (trouble.Strike(request, World.Cluster.Now) is not { } fault) continue;

            Say($"  FAULT {trouble.Number}: {fault} at {name} {request.Method} {request.RequestUri!.AbsolutePath}");
            return fault;
        }

        return null;
    }

    /// <summary>Others come in before a call, and others again before theirs, up to a depth that real processes beside each other hardly reach.</summary>
    private void LetOthersIn(string name, HttpRequestMessage request)
    {
        if (between >= MostBetween || !Calls.Exists(trouble => trouble.LetsOthersIn(request, World.Cluster.Now))) return;

        between++;
        Say($"  others may come in before {name} {request.Method} {request.RequestUri!.AbsolutePath}");
        World.Cluster.StepBeside(name);
        between--;
    }
}
