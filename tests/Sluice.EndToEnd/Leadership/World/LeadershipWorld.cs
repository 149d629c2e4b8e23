using System.Globalization;
using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>Several operators, a Rollout that they look after, and everything that is seen from outside.</summary>
internal sealed class LeadershipWorld : IAsyncDisposable
{
    /// <summary>Of the Rollout; no pod of them may be missing at any time.</summary>
    public const int Replicas = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly SandboxEnvironment environment;
    private readonly LeaseTimings timings;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-leadership-");
    private readonly Dictionary<string, Candidate> candidates = [];

    private LeadershipWorld(SandboxEnvironment environment, Shop shop, LeaseTimings timings)
    {
        (this.environment, Shop, this.timings) = (environment, shop, timings);
        Guard = new AvailabilityGuard(environment.Client, shop.Namespace);
    }

    public Shop Shop { get; }

    public Ledger Ledger { get; } = new();

    public AvailabilityGuard Guard { get; }

    public IReadOnlyCollection<Candidate> Candidates => candidates.Values;

    public Candidate Named(string name) => candidates[name];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<LeadershipWorld> OpenAsync(LeadershipCluster cluster, LeaseTimings timings)
    {
        var started = await cluster.StartedAsync(Ct);
        return new LeadershipWorld(started, await Shop.OpenAsync(started, Ct), timings);
    }

    /// <summary>Starts an operator and does not wait for anything.</summary>
    public async Task<Candidate> LaunchAsync(string name, params IReadOnlyList<string> flags)
    {
        var setup = new CandidateSetup(name, Shop.Namespace, timings, folder.FullName, LeadershipCluster.ServerOf(environment), Ledger) { Flags = flags };
        return candidates[name] = await Candidate.StartAsync(setup, Ct);
    }

    /// <summary>Two operators: the first leads, the second stands by.</summary>
    public async Task<(Candidate Leader, Candidate Standby)> StartPairAsync()
    {
        var leader = await LaunchAsync("a");
        await UntilLedByAsync(leader, TimeSpan.Zero);
        var standby = await LaunchAsync("b");
        await Task.WhenAll(leader.UntilReadyAsync(Ct), standby.UntilReadyAsync(Ct));
        return (leader, standby);
    }

    /// <summary>Version 1 runs with all of its pods, and version 2 is applied.</summary>
    public async Task BeginReleaseAsync()
    {
        await DeployAsync();
        await ApplyAsync(2);
    }

    /// <summary>Version 1 runs with all of its pods, which from now on must not become fewer.</summary>
    public async Task DeployAsync()
    {
        await ApplyAsync(1);
        await Shop.UntilHealthyAsync();
        await UntilAsync(() => Guard.Ready == Replicas, "all pods are ready");
        Guard.Begin();
    }

    public Task ApplyAsync(int version) => Shop.ApplyAsync(Manifest(version));

    /// <summary>Waits for a moment of the release under way.</summary>
    public Task<RolloutStatus> UntilStageAsync(Stage stage) => Shop.UntilAsync(status => status.Release?.Stage == stage);

    /// <summary>Waits until the operator has taken the lease; returns its write.</summary>
    public async Task<LedgerEntry> UntilLedByAsync(Candidate candidate, TimeSpan since)
    {
        await UntilAsync(() => Ledger.SuccessionBy(candidate.Name, since) is not null, $"{candidate.Name} leads");
        return Ledger.SuccessionBy(candidate.Name, since)!;
    }

    /// <summary>Waits for the end of an operator's process, which it brings about itself.</summary>
    public async Task EndsWithAsync(Candidate candidate, int exitCode) => (await candidate.ExitAsync(Ct)).ShouldBe(exitCode, Tale());

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        if (await Shop.EventuallyAsync(() => Task.FromResult(condition()), Patience)) return;

        Assert.Fail($"It is not so that {what}.\n{Tale()}");
    }

    /// <summary>The release under way reaches its end, once and in order, without a pod too few at any time.</summary>
    public async Task CompletesAsync(int version = 2)
    {
        var image = FormattableString.Invariant($":v{version}");
        var status = await Shop.UntilAsync(status => status is { Phase: Phase.Healthy, Release: null } && status.Images?.EndsWith(image, StringComparison.Ordinal) == true);
        status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);
        Guard.Lowest.ShouldBeGreaterThanOrEqualTo(Replicas);
        LedgerRules.Violations(Ledger).ShouldBeEmpty(Tale());
    }

    /// <summary>After one release: a Job of the migration and one that verifies it, a ReplicaSet and a Release for each version.</summary>
    public async Task NothingWasDoneTwiceAsync()
    {
        (await Shop.ListAsync<V1Job>()).Count.ShouldBe(2);
        (await Shop.ListAsync<V1ReplicaSet>()).Count.ShouldBe(2);
        (await Shop.ListAsync<Release>()).Count.ShouldBe(2);
        (await Shop.ListAsync<Migration>()).Select(migration => (migration.Status!.State, migration.Status.Attempt)).ShouldBe([(MigrationState.Succeeded, 1)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var candidate in candidates.Values) await candidate.DisposeAsync();
        await Guard.DisposeAsync();
        await Shop.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>What happened, for the message of a failure.</summary>
    public string Tale() => string.Join('\n',
    [
        "Successions:", .. Ledger.Successions.Select(entry => $"  {entry}"),
        "Last writes:", .. Ledger.Entries.TakeLast(40).Select(entry => $"  {entry}"),
        .. candidates.Values.Select(candidate => string.Create(CultureInfo.InvariantCulture, $"Log of {candidate.Name}:\n{candidate.LastLines}")),
    ]);

    private static string Manifest(int version) => $$$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Rollout
        metadata: {name: payments}
        spec:
          replicas: {{{Replicas}}}
          progressDeadlineSeconds: 120
          template:
            metadata:
              labels: {app: payments}
              annotations: {sandbox.sluice.dev/ready-after: 200ms}
            spec:
              containers:
              - {name: app, image: "registry.example.com/payments:v{{{version}}}"}
          strategy:
            canary:
              steps: [{setWeight: 25}, {pause: {duration: 2s}}, {setWeight: 50}, {pause: {duration: 1s}}]
        {{{(version == 1 ? "" : Migration(version))}}}
        """;

    private static string Migration(int version) => $$"""
          migration:
            image: registry.example.com/payments-schema:{{version}}
            annotations: {sandbox.sluice.dev/duration: 2s, sandbox.sluice.dev/log: applied}
            expand: {command: [./migrate, up], verify: [./migrate, check]}
        """;
}
