using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers;
using Sluice.Operator.Controllers.Rollouts;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Cluster.Garbage;
using Sluice.Sandbox.Cluster.Traffic;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.Running;
using Sluice.Simulation.World.Promises;
using Decision = Sluice.Engine.Decision;

namespace Sluice.Simulation.World;

/// <summary>The production controllers on a virtual cluster, with a Rollout <c>payments</c> in namespace <c>shop</c> and a person at kubectl.</summary>
internal sealed class ReleaseWorld : IDisposable
{
    public const string Namespace = "shop";
    public const string Name = "payments";
    public const string Alice = "alice@example.com";

    private const string OperatorName = "sluice";
    private static readonly NamespacedName Key = new(Namespace, Name);

    // What every history begins with.
    private static readonly Lazy<ApiServerImage> Plain = new(() => Prepared(withRoutes: false));
    private static readonly Lazy<ApiServerImage> WithRoutes = new(() => Prepared(withRoutes: true));

    private readonly Invariants invariants;
    private readonly Dictionary<string, VirtualMeasurements> measurements = [];
    private readonly Dictionary<string, TimeProvider> clocks = [];
    private readonly Dictionary<string, List<IReconciler>> reconcilers = [];
    private int decisionsMade;
    private int depth;
    private long writesBefore;
    private readonly HistoryHash hash = new();
    private readonly Fences fences = new();
    private readonly DateTimeOffset start;

    /// <param name="seed">Of everything that is drawn.</param>
    /// <param name="scrapeInterval">Of Prometheus; null for 5 s.</param>
    /// <param name="interleaving">Draws the order of work; null for that of arrival.</param>
    /// <param name="rights">What the operator may do; null for what its ClusterRole grants.</param>
    /// <param name="routes">Whether there are routes.</param>
    /// <param name="routeInterval">How often the traffic learns of changes of routes; null for each second.</param>
    /// <param name="image">What an earlier world has come to, to begin with; null to begin from nothing.</param>
    public ReleaseWorld(int seed = 1, TimeSpan? scrapeInterval = null, Random? interleaving = null, OperatorRights? rights = null, bool routes = false, TimeSpan? routeInterval = null, ApiServerImage? image = null)
    {
        Traffic = new TrafficInvariants(this);
        Rights = rights ?? new OperatorRights();
        Cluster = new VirtualCluster(new VirtualClusterOptions
        {
            Seed = seed,
            Image = image ?? (routes ? WithRoutes : Plain).Value,
            Interleaving = interleaving,
            Life = new ClusterLifeOptions { GarbageSweep = null, Traffic = new TrafficOptions { RouteInterval = routes ? routeInterval ?? TimeSpan.FromSeconds(1) : null } },
            TypeInfoResolvers = [ApiJsonContext.Default],

            TracksUpdateManagers = TracksManagers,
            CollectedKinds = [CollectedKind.Of<Rollout>(), CollectedKind.Of<Release>(), CollectedKind.Of<Migration>()],
        });
        Prometheus = new VirtualPrometheus(Cluster.Time, () => Cluster.Life?.Traffic, scrapeInterval ?? TimeSpan.FromSeconds(5));
        Cluster.Server.Hooks.BeforeCommit = Rights.Judge;
        start = Cluster.Now;
        decisionsMade = Decisions.Count;
        Cluster.Observe(write => hash.Add(write, Cluster.Now));
        invariants = new Invariants(this);
        Events = new RecordedEvents { Heard = told => Promise.Keep(Writes > writesBefore, "an event tells of what was written", $"{told}") };
        Cluster.Observe(invariants.Check);
        Cluster.Observe(_ => CheckRequests());
        StartOperator();
    }

    /// <summary>The definitions of the kinds of routes that a cluster need not serve.</summary>
    public static IEnumerable<string> RouteKinds => new[] { "httproutes", "virtualservices", "destinationrules" }.Select(kind => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "routes", $"{kind}.yaml")));

    public VirtualCluster Cluster { get; }

    public VirtualPrometheus Prometheus { get; }

    public TrafficInvariants Traffic { get; }

    public RecordedEvents Events { get; }

    public OperatorRights Rights { get; }

    public VirtualIdentity Identity { get; } = new();

    public IReadOnlyList<Api.Decision> Decisions => Cluster.List<Api.Decision>(Namespace);

    public Rollout Rollout => Cluster.Get<Rollout>(Namespace, Name) ?? throw new InvalidOperationException("there is no Rollout");

    public bool Exists => Cluster.Get<Rollout>(Namespace, Name) is not null;

    /// <summary>Empty where there is none, nor a Rollout.</summary>
    public RolloutStatus Status => Cluster.Get<Rollout>(Namespace, Name)?.Status ?? new RolloutStatus();

    public ReleaseProgress? Release => Cluster.Get<Rollout>(Namespace, Name)?.Status?.Release;

    public IReadOnlyList<Release> Releases => [.. Cluster.List<Release>(Namespace).OrderBy(release => release.Spec.Number)];

    public IReadOnlyList<Migration> Migrations => Cluster.List<Migration>(Namespace);

    /// <summary>By how much faults may put off what the operator does or sees; null where nobody can say.</summary>
    public TimeSpan? Disturbance { get; set; }

    /// <summary>Whether the write of this moment arrives when its sender has given it up.</summary>
    public bool HasLateArrival { get; set; }

    /// <summary>Writes of the operator so far.</summary>
    public long Writes => invariants.Writes;

    /// <summary>What kstatus has said of the Rollout so far.</summary>
    public StatusHistory Statuses => invariants.Statuses;

    /// <summary>The history so far.</summary>
    public History History => new(hash.ToString(), Cluster.Now - start);

    /// <summary>How often Rollouts were reconciled.</summary>
    public long Looks { get; private set; }

    /// <summary>The reconcile of an operator that began last: writes of that operator are its.</summary>
    public Look? PresentLook { get; private set; }

    /// <summary>How often anything was reconciled by an operator.</summary>
    public long OperatorReconciles { get; private set; }

    /// <param name="name">Its name.</param>
    /// <param name="options">Lag and faults; null for none.</param>
    /// <param name="clock">Its wall clock; null for the cluster's.</param>
    public void StartOperator(string name = OperatorName, ControllerSetOptions? options = null, TimeProvider? clock = null)
    {
        var measured = measurements[name] = Prometheus.MeasurementsOf(clock ?? Cluster.Time);
        clocks[name] = clock ?? Cluster.Time;
        var own = reconcilers[name] = [];
        invariants.Listen(name, measured);
        Cluster.AddControllers(
            name,
            environment => OperatorControllers.Definitions(
                new KeptReader(environment.Reader),
                environment.Writer,
                Events,
                measured,
                Identity,
                new RolloutControllerOptions(TimeSpan.FromMinutes(1)),
                clock ?? environment.Time,
                NullLoggerFactory.Instance)
                .Select(definition =>
                {
                    own.Add(definition.Reconciler);
                    return definition with { Reconciler = new Watched(definition.Reconciler, this, key => new Look(name, definition.Name, key, environment.Reader)) };
                }),
            Fenced(options ?? new ControllerSetOptions()));
    }

    /// <summary>The wall clock of an operator; of anybody else the cluster's.</summary>
    public TimeProvider ClockOf(string name) => clocks.GetValueOrDefault(name, Cluster.Time);

    public void KillOperator(string name = OperatorName)
    {
        Cluster.RemoveControllers(name);
        reconcilers.Remove(name);
        if (measurements.Remove(name, out var measured)) measured.Dispose();
    }

    public void Apply(RolloutYaml rollout) => Cluster.Kubectl.Apply(rollout.ToString());

    public void Patch(string json) => Cluster.Kubectl.Patch<Rollout>(Namespace, Name, json);

    public void Until(Func<RolloutStatus, bool> condition, TimeSpan? within = null) =>
        Cluster.RunUntil(() => Cluster.Get<Rollout>(Namespace, Name)?.Status is { } status && condition(status), within ?? TimeSpan.FromMinutes(30));

    public void UntilHealthy(TimeSpan? within = null) => Until(
        status => status is { Phase: Phase.Healthy, Release: null } && status.ObservedGeneration == Rollout.Metadata.Generation,
        within);

    public void UntilStage(Stage stage, TimeSpan? within = null) => Until(status => status.Release?.Stage == stage, within);

    public void UntilEnded(Outcome outcome, TimeSpan? within = null) => Until(status => status is { Release: null, LastRelease: { } last } && last.Outcome == outcome, within);

    /// <summary>Deploys version 1 and waits for it.</summary>
    public RolloutYaml Deployed(RolloutYaml rollout)
    {
        Apply(rollout);
        UntilHealthy();

        // What follows belongs to another second: in that of its beginning a release may be taken for the one before.
        Cluster.RunFor(TimeSpan.FromSeconds(2));
        return rollout;
    }

    /// <summary>The same behind Services and an HTTPRoute.</summary>
    public RolloutYaml Routed(RolloutYaml rollout)
    {
        Cluster.Kubectl.Apply(RouteYaml.Services);
        Cluster.Kubectl.Apply(RouteYaml.Route);
        return Deployed(rollout with { Traffic = RouteYaml.Traffic });
    }

    /// <summary>Version 1 behind an active and a preview Service.</summary>
    public RolloutYaml Switched(RolloutYaml rollout)
    {
        Cluster.Kubectl.Apply(RouteYaml.Services);
        return Deployed(rollout.BlueGreen is null ? rollout with { BlueGreen = RouteYaml.BlueGreen } : rollout);
    }

    /// <summary>A person makes a Decision; what it does not say is filled in.</summary>
    /// <returns>Its name.</returns>
    public string Decide(DecisionSpec spec, string? name = null)
    {
        name ??= $"{Name}-d{++decisionsMade}";
        var complete = spec with { Rollout = spec.Rollout.Length > 0 ? spec.Rollout : Name, By = spec.By.Length > 0 ? spec.By : Alice, Reason = spec.Reason.Length > 0 ? spec.Reason : "because" };
        Cluster.Kubectl.Create(new Api.Decision { Metadata = new V1ObjectMeta { Name = name, Namespace = Namespace }, Spec = complete });
        return name;
    }

    /// <summary>A Decision on the revision of the release in flight, or else of the last one.</summary>
    public string Decide(DecisionAction action) => Decide(new DecisionSpec { Action = action, Revision = Release?.Revision ?? Status.LastRelease?.Revision });

    /// <summary>Waits for what becomes of a Decision.</summary>
    public DecisionStatus AnswerTo(string decision)
    {
        Cluster.RunUntil(() => Cluster.Get<Api.Decision>(Namespace, decision)?.Status?.State is not null, TimeSpan.FromMinutes(5));
        return Cluster.Get<Api.Decision>(Namespace, decision)!.Status!;
    }

    /// <summary>Available pods of a revision's ReplicaSet.</summary>
    public int Available(string? revision) => SetOf(revision)?.Status?.AvailableReplicas ?? 0;

    public int Desired(string? revision) => SetOf(revision)?.Spec?.Replicas ?? 0;

    public V1ReplicaSet? SetOf(string? revision) => Cluster.List<V1ReplicaSet>(Namespace, (Labels.Revision, revision ?? "")) is [var set, ..] ? set : null;

    /// <summary>Images of the pods that are there and not on their way out.</summary>
    public IReadOnlyList<string> RunningImages => [.. Pods.Select(pod => pod.Spec?.Containers?[0].Image ?? "").Order(StringComparer.Ordinal)];

    public IReadOnlyList<V1Pod> Pods => [.. Cluster.List<V1Pod>(Namespace, (Labels.Rollout, Name)).Where(pod => pod.Metadata.DeletionTimestamp is null)];

    public V1Condition? Condition(string type) => Status.Conditions.FirstOrDefault(condition => condition.Type == type);

    /// <summary>
    /// Deciding is a function of what was seen: the same twice gives the same, a transition is not decided again once it is taken, and once a pass has reported,
    /// a second one has nothing to write.
    /// </summary>
    public void DecisionsShouldHold()
    {
        CheckRequests();
        var task = new RolloutObserver(new LiveReader(Cluster), Prometheus.LookedLast, Identity, new RolloutControllerOptions(TimeSpan.FromMinutes(1)), Cluster.Time).ObserveAsync(Rollout, Freshness.Cached, CancellationToken.None);
        var snapshot = task.GetAwaiter().GetResult();
        var decision = RolloutEngine.Decide(snapshot, Cluster.Now);
        var status = StatusOf(decision);
        Text(StatusOf(RolloutEngine.Decide(snapshot, Cluster.Now))).ShouldBe(Text(status), "the same snapshot gives the same decision");

        var next = RolloutEngine.Decide(snapshot with { Rollout = snapshot.Rollout with { Status = status } }, Cluster.Now);
        if (decision is Decision.Act) Text(StatusOf(next)).ShouldBe(Text(status), "a second pass over the same state has nothing to write");
        else if (next is Decision.Transition again) Text(again.Status).ShouldNotBe(Text(status), "a transition is taken once");
    }

    /// <summary>Whatever is still to come has come: nothing is written for ten minutes.</summary>
    public void ShouldBeAtRest()
    {
        Cluster.RunFor(TimeSpan.FromMinutes(2));
        var before = invariants.Writes;
        Cluster.RunFor(TimeSpan.FromMinutes(10));
        invariants.Writes.ShouldBe(before, "a Rollout at rest writes nothing");
        CheckRequests();
    }

    public void Dispose()
    {
        foreach (var measured in measurements.Values) measured.Dispose();
        Prometheus.Dispose();
        Cluster.Dispose();
        hash.Dispose();
    }

    /// <summary>Something happened that no write tells, and that the rest of the history depends on.</summary>
    public void Note(string what) => hash.Add(what, Cluster.Now);

    /// <summary>
    /// All that the rest of the history depends on, as one hash: what was written until now, when and what operators heard; who waits for what; what is in the
    /// operators' memories. Null while there is something to do at this moment, or under way.
    /// </summary>
    public string? State()
    {
        if (Cluster.Outlook() is not { } outlook || Prometheus.Waiting.Count > 0) return null;

        var text = new StringBuilder(hash.ToString()).Append('\n').Append(outlook);
        foreach (var (name, own) in reconcilers)
        {
            if (measurements[name].Memory() is not { } heard) return null;

            text.Append('\n').Append(name).Append('\n').Append(heard);
            foreach (var one in own) text.Append('\n').Append(MemoryText.Of(one));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    public override string ToString() => $"{Key} at {Cluster.Now:O}";

    /// <summary>Who owns what is asked of persons' objects alone (<see cref="PersonsObjects"/>).</summary>
    private static bool TracksManagers(string group) => group == ApiGroup.Name;

    /// <summary>An API server with the definitions of our resources, and of routes, and the namespace.</summary>
    private static ApiServerImage Prepared(bool withRoutes)
    {
        using var cluster = new VirtualCluster(new VirtualClusterOptions { Life = null, TracksUpdateManagers = TracksManagers });
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "crd"), "*.yaml").Order()) cluster.Kubectl.Apply(File.ReadAllText(file));
        foreach (var kind in withRoutes ? RouteKinds : []) cluster.Kubectl.Apply(kind);
        cluster.Kubectl.Apply($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {Namespace}}}\n");
        return cluster.Server.Image();
    }

    /// <summary>Beneath all faults of the connection, where requests are as the operator sends them.</summary>
    private ControllerSetOptions Fenced(ControllerSetOptions options) =>
        options with { WrapHandler = inner => options.WrapHandler is { } wrap ? wrap(fences.Watch(inner)) : fences.Watch(inner) };

    private void CheckRequests()
    {
        fences.Missing.ShouldBeEmpty("every change carries the version that it rests on, and every deletion the UID");
        fences.Idle.ShouldBeEmpty("no write that changes nothing");
    }

    private void Begin(Look look)
    {
        PresentLook = look;
        writesBefore = Writes;
        OperatorReconciles++;
        if (look.Controller == "rollout") Looks++;
    }

    private RolloutStatus StatusOf(Decision decision) => decision switch
    {
        Decision.Transition transition => transition.Status,
        Decision.Act act => act.Status,
        Decision.Hold => Status,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Text(RolloutStatus status) => JsonSerializer.Serialize(status, ApiJsonContext.Default.RolloutStatus);

    /// <summary>While another reconcile comes in between, the look and the measurements are that one's; then they are this one's again.</summary>
    private sealed class Watched(IReconciler inner, ReleaseWorld world, Func<NamespacedName, Look> look) : IReconciler
    {
        public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
        {
            var (outer, measured, writes) = (world.PresentLook, world.Prometheus.LookedLast, world.writesBefore);
            world.depth++;
            world.Begin(look(key));
            try
            {
                return await inner.ReconcileAsync(key, ct);
            }
            finally
            {
                if (--world.depth > 0) (world.PresentLook, world.Prometheus.LookedLast, world.writesBefore) = (outer, measured, writes);
            }
        }
    }
}
