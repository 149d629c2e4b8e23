using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Leadership;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>One process that wants to lead, whose work ends when the test says.</summary>
public sealed class Candidate : IAsyncDisposable
{
    private readonly KubernetesClient client;
    private TaskCompletionSource work = Completed();

    public Candidate(string identity, LeaseServer server, VirtualTimeProvider time)
    {
        Api = server.For(identity, () => time.Elapsed);
        client = new KubernetesClient(
            new KubernetesClientConfiguration { Server = new Uri("http://api.test") },
            new KubernetesClientOptions { PrimaryHandler = Api, TimeProvider = time, Random = new Random(1) });
        Gate = WriteGate.ForLeader(time);
        Elector = new LeaderElector(client, Gate, new LeaderElectionOptions
        {
            LeaseNamespace = "ops",
            LeaseName = "it",
            Identity = identity,
            TimeProvider = time,
            Random = new Random(identity[0]),
        });
        Running = Elector.RunAsync(LeadAsync, Stop.Token);
    }

    public ScriptedApi Api { get; }

    public WriteGate Gate { get; }

    public LeaderElector Elector { get; }

    public CancellationTokenSource Stop { get; } = new();

    public Task<LeadershipOutcome> Running { get; }

    public bool Leading { get; private set; }

    public Task Leads() => Eventually.True(() => Leading, "it leads");

    public void HoldWork() => work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseWork() => work.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        ReleaseWork();
        await Stop.CancelAsync();
        await Running;
        Stop.Dispose();
        Gate.Dispose();
        client.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private async Task LeadAsync(CancellationToken ct)
    {
        Leading = true;
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = ct.Register(() => cancelled.TrySetResult());
        await cancelled.Task;
        await work.Task;
        Leading = false;
    }
}
