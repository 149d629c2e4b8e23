using System.Globalization;
using System.Text.Json;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd.Support;

/// <summary>A namespace of its own for one test, and a person with kubectl in it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly string Run = Guid.NewGuid().ToString("N")[..8];
    private static int count;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-e2e-");

    private Shop(SandboxEnvironment environment, string ns) => (Environment, Namespace) = (environment, ns);

    public string Namespace { get; }

    public SandboxEnvironment Environment { get; }

    public static Task<Shop> OpenAsync(SandboxEnvironment environment, CancellationToken ct) =>
        OpenAsync(environment, string.Create(CultureInfo.InvariantCulture, $"sluice-e2e-{Run}-own-{Interlocked.Increment(ref count)}"), ct);

    public static async Task<Shop> OpenAsync(SandboxEnvironment environment, string ns, CancellationToken ct)
    {
        var shop = new Shop(environment, ns);
        await environment.CreateNamespaceAsync(shop.Namespace, ct);
        return shop;
    }

    public async Task<KubectlResult> TryKubectlAsync(params IReadOnlyList<string> arguments) =>
        await Environment.Kubectl.TryAsync([.. arguments, "--namespace", Namespace], TestContext.Current.CancellationToken);

    public async Task<string> KubectlAsync(params IReadOnlyList<string> arguments) =>
        await Environment.Kubectl.RunAsync([.. arguments, "--namespace", Namespace], TestContext.Current.CancellationToken);

    /// <summary>Returns the manifest's file, for another look at it by kubectl.</summary>
    public async Task<string> ApplyAsync(string yaml)
    {
        var file = await WriteAsync(yaml);
        await KubectlAsync("apply", "-f", file);
        return file;
    }

    public Task<string> ApplyAsync(Payments payments) => ApplyAsync($"{Here(payments)}");

    public async Task<KubectlResult> TryApplyAsync(string yaml) => await TryKubectlAsync("apply", "-f", await WriteAsync(yaml));

    public async Task PatchAsync(string json) => await KubectlAsync("patch", "rollout", "payments", "--type", "merge", "--patch", json);

    /// <summary>Applies it and waits until it runs.</summary>
    public async Task<Payments> DeployedAsync(Payments payments)
    {
        await ApplyAsync(payments);
        await UntilHealthyAsync();
        await ServesAsync(payments.Version, payments.Replicas);
        return payments;
    }

    public Task<Rollout?> RolloutAsync(string name = "payments") => Environment.Client.GetAsync<Rollout>(Namespace, name, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<T>> ListAsync<T>()
        where T : class, IKubernetesObject =>
        (await Environment.Client.ListAsync<T>(Namespace, labelSelector: null, TestContext.Current.CancellationToken)).Items;

    public async Task<IReadOnlyList<Release>> ReleasesAsync() => [.. (await ListAsync<Release>()).OrderBy(release => release.Spec.Number)];

    /// <summary>How the releases ended, in their order.</summary>
    public async Task<IReadOnlyList<Outcome?>> OutcomesAsync() => [.. (await ReleasesAsync()).Select(release => release.Status?.Outcome)];

    public async Task<IReadOnlyList<MigrationState?>> MigrationsAsync() =>
        [.. (await ListAsync<Migration>()).OrderBy(migration => migration.Spec.Release, StringComparer.Ordinal).Select(migration => migration.Status?.State)];

    /// <summary>Pods that are there and not on their way out.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync() => [.. (await ListAsync<V1Pod>()).Where(pod => pod.Metadata.DeletionTimestamp is null && pod.Metadata.Label(Labels.Rollout) is not null)];

    /// <summary>Waits until so many pods are ready, all of this version, and there are no others.</summary>
    public async Task ServesAsync(int version, int pods)
    {
        IReadOnlyList<string> seen = [];
        var serves = await EventuallyAsync(
            async () =>
            {
                seen = [.. (await PodsAsync()).Select(pod => $"{pod.Metadata.Label("version")} {(IsReady(pod) ? "ready" : "not ready")}")];
                return seen.Count == pods && seen.All(pod => pod == $"v{version} ready");
            },
            TimeSpan.FromMinutes(1));
        serves.ShouldBeTrue($"{pods} pods of v{version} were expected, there are: {string.Join(", ", seen)}");
    }

    /// <summary>Waits until the Rollout is so; the failure tells how it was instead.</summary>
    public async Task<RolloutStatus> UntilAsync(Func<RolloutStatus, bool> condition, TimeSpan? within = null)
    {
        RolloutStatus? last = null;
        var met = await EventuallyAsync(
            async () =>
            {
                var rollout = await RolloutAsync();
                last = rollout?.Status;
                return last is not null && last.ObservedGeneration == rollout!.Metadata.Generation && condition(last);
            },
            within ?? TimeSpan.FromMinutes(3));
        met.ShouldBeTrue($"the Rollout is {last?.Phase}, {last?.Release?.Stage} ({last?.Message})");
        return last!;
    }

    public Task<RolloutStatus> UntilHealthyAsync() => UntilAsync(status => status is { Phase: Phase.Healthy, Release: null });

    public Task<RolloutStatus> UntilEndedAsync(Outcome outcome) => UntilAsync(status => status is { Release: null, LastRelease: { } last } && last.Outcome == outcome);

    /// <summary>Waits until the pause step of <see cref="Payments.Waiting"/> waits for a person.</summary>
    public Task<RolloutStatus> UntilWaitingAsync() => UntilAsync(status => status is { Phase: Phase.Paused, Release.Step.Kind: StepKind.Pause });

    public static async Task<bool> EventuallyAsync(Func<Task<bool>> condition, TimeSpan within)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(within);
        using var timer = new PeriodicTimer(Look);
        try
        {
            while (!await condition()) await timer.WaitForNextTickAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Creates a Decision about the Rollout payments, as the person at kubectl does, and waits for its answer; what it does not say is filled in.</summary>
    public async Task<DecisionStatus> DecideAsync(DecisionSpec spec)
    {
        var name = await CreateDecisionAsync(spec);
        return await AnswerAsync(name);
    }

    /// <returns>The name that the API server made.</returns>
    public async Task<string> CreateDecisionAsync(DecisionSpec spec)
    {
        var decision = new Decision
        {
            Metadata = new V1ObjectMeta { GenerateName = "payments-" },
            Spec = spec with { Rollout = "payments", By = spec.By.Length > 0 ? spec.By : "alice@example.com", Reason = spec.Reason.Length > 0 ? spec.Reason : "because" },
        };
        var created = await KubectlAsync("create", "-f", await WriteAsync(JsonSerializer.Serialize(decision, ApiJsonContext.Default.Decision)), "-o", "name");
        return created.Trim().Split('/')[1];
    }

    public async Task<DecisionStatus> AnswerAsync(string decision)
    {
        DecisionStatus? status = null;
        var answered = await EventuallyAsync(
            async () =>
            {
                status = (await Environment.Client.GetAsync<Decision>(Namespace, decision, TestContext.Current.CancellationToken))?.Status;
                return status?.State is not null;
            },
            TimeSpan.FromMinutes(1));
        answered.ShouldBeTrue($"Decision {decision} is answered");
        return status!;
    }

    /// <summary>The Rollout first: an API server without a life of its own lets a namespace go at once, and whoever still wants to free something in it comes too late.</summary>
    public async ValueTask DisposeAsync()
    {
        await Environment.Kubectl.TryAsync(["delete", "rollouts.sluice.dev", "--namespace", Namespace, "--all", "--cascade=foreground", "--timeout=30s"], CancellationToken.None);
        await Environment.Kubectl.TryAsync(["delete", "namespace", Namespace, "--wait=false"], CancellationToken.None);
        folder.Delete(recursive: true);
    }

    /// <summary>As this cluster can run it.</summary>
    private Payments Here(Payments payments)
    {
        if (Environment.SimulatedPods is not null) return payments;
        var migration = payments.Migration is { } wanted ? wanted with { Image = TestCluster.Image } : null;
        return payments with { RealImage = TestCluster.Image, Migration = migration };
    }

    private static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private async Task<string> WriteAsync(string yaml)
    {
        var path = Path.Combine(folder.FullName, $"{Interlocked.Increment(ref count)}.yaml");
        await File.WriteAllTextAsync(path, yaml, TestContext.Current.CancellationToken);
        return path;
    }
}
