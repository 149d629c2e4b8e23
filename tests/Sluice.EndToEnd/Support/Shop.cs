using System.Text.Json;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.EndToEnd.Support;

/// <summary>A namespace of its own for one test, and a person with kubectl in it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static int count;

    private readonly SandboxEnvironment environment;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-e2e-");

    private Shop(SandboxEnvironment environment, string ns) => (this.environment, Namespace) = (environment, ns);

    public string Namespace { get; }

    public static async Task<Shop> OpenAsync(SandboxEnvironment environment, CancellationToken ct)
    {
        var shop = new Shop(environment, $"e2e-{Environment.ProcessId}-{Interlocked.Increment(ref count)}");
        await environment.CreateNamespaceAsync(shop.Namespace, ct);
        return shop;
    }

    public async Task<KubectlResult> TryKubectlAsync(params IReadOnlyList<string> arguments) =>
        await environment.Kubectl.TryAsync([.. arguments, "--namespace", Namespace], TestContext.Current.CancellationToken);

    public async Task<string> KubectlAsync(params IReadOnlyList<string> arguments) =>
        await environment.Kubectl.RunAsync([.. arguments, "--namespace", Namespace], TestContext.Current.CancellationToken);

    public async Task ApplyAsync(string yaml) => await KubectlAsync("apply", "-f", await WriteAsync(yaml));

    public async Task<KubectlResult> TryApplyAsync(string yaml) => await TryKubectlAsync("apply", "-f", await WriteAsync(yaml));

    public Task<Rollout?> RolloutAsync(string name = "payments") => environment.Client.GetAsync<Rollout>(Namespace, name, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<T>> ListAsync<T>()
        where T : class, IKubernetesObject =>
        (await environment.Client.ListAsync<T>(Namespace, labelSelector: null, TestContext.Current.CancellationToken)).Items;

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
                status = (await environment.Client.GetAsync<Decision>(Namespace, decision, TestContext.Current.CancellationToken))?.Status;
                return status?.State is not null;
            },
            TimeSpan.FromMinutes(1));
        answered.ShouldBeTrue($"Decision {decision} is answered");
        return status!;
    }

    public async ValueTask DisposeAsync()
    {
        await environment.Kubectl.TryAsync(["delete", "namespace", Namespace, "--wait=false"], CancellationToken.None);
        folder.Delete(recursive: true);
    }

    private async Task<string> WriteAsync(string yaml)
    {
        var path = Path.Combine(folder.FullName, $"{Interlocked.Increment(ref count)}.yaml");
        await File.WriteAllTextAsync(path, yaml, TestContext.Current.CancellationToken);
        return path;
    }
}
