using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Demo;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Hosting;

namespace Sluice.Benchmarks.Setup;

/// <summary>An API server in this process, served over HTTP, with Sluice's CRDs and ReplicaSets that are ready at once; operators are processes of their own.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string Namespace = "bench";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    private readonly Repository repository = Repository.Find();
    private readonly TemporaryFolder folder = new();
    private readonly List<OperatorProcess> operators = [];
    private readonly SandboxHost host;
    private readonly InstantReplicaSets replicaSets;

    private Bench(SandboxHost host)
    {
        this.host = host;
        replicaSets = new InstantReplicaSets(host.ApiServer);
        host.ApiServer.Hooks.BeforeCommit = request =>
        {
            Log.Note(request);
            return null;
        };
        host.ApiServer.Hooks.Committed += Log.Note;
        host.ApiServer.Hooks.Committed += replicaSets.Note;
    }

    public RequestLog Log { get; } = new();

    public InMemoryApiServer Server => host.ApiServer;

    /// <param name="ct">Cancels.</param>
    /// <param name="historyLimit">Changes that are kept for watches: those of ten thousand objects that are created at once must not fall behind.</param>
    public static async Task<Bench> StartAsync(CancellationToken ct, int historyLimit = 1 << 18)
    {
        var served = await SandboxHost.StartAsync(new SandboxHostOptions { ApiServer = new ApiServerOptions { HistoryLimit = historyLimit } }, ct);
        var bench = new Bench(served);
        var kubectl = new Kubectl(ProgramPath.Kubectl(), served.KubeconfigPath, bench.folder.Of("kubectl-cache"), bench.repository.Root);
        await kubectl.RunAsync(["apply", "-k", bench.repository.Definitions], ct);
        await kubectl.RunAsync(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"], ct);
        bench.Post("/api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = Namespace } });
        return bench;
    }

    /// <summary>Starts an operator; returns once it is ready.</summary>
    public async Task<OperatorProcess> StartOperatorAsync(CancellationToken ct, Uri? metricSource = null, params IReadOnlyList<string> arguments)
    {
        var name = $"operator-{operators.Count}";
        var options = new SandboxEnvironmentOptions { ProgressInterval = TimeSpan.FromMinutes(1), OperatorArguments = ["--log-level", "warning", .. arguments] };
        var setup = await OperatorSetup.WriteAsync(
            repository.OperatorAssembly, host.KubeconfigPath, metricSource, Directory.CreateDirectory(folder.Of(name)).FullName, options, ct);
        var process = await OperatorProcess.StartAsync(setup, folder.Of($"{name}.log"), StartDeadline, ct);
        operators.Add(process);
        return process;
    }

    public void Create(Service service) => Post($"/apis/sluice.dev/v1alpha1/namespaces/{Namespace}/rollouts", service.ToJson());

    /// <summary>Asks for another version of a service.</summary>
    public void Release(string name, int version) => Send(new ApiRequest("PATCH", $"/apis/sluice.dev/v1alpha1/namespaces/{Namespace}/rollouts/{name}")
    {
        ContentType = "application/json-patch+json",
        Body = Encoding.UTF8.GetBytes($$"""[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"{{Service.Image(name, version)}}"}]"""),
    });

    public JsonObject? Rollout(string name) => Server.Find("rollouts.sluice.dev", Namespace, name);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in operators) await process.DisposeAsync();
        await host.DisposeAsync();
        await replicaSets.DisposeAsync();
        folder.Dispose();
    }

    private void Post(string path, JsonObject body) => Send(new ApiRequest("POST", path) { ContentType = "application/json", Body = Encoding.UTF8.GetBytes(body.ToJsonString()) });

    private void Send(ApiRequest request)
    {
        var answer = Server.Handle(request with { UserAgent = "bench" });
        if (answer.StatusCode >= 400) throw new InvalidOperationException($"{request.Method} {request.Path}: {Encoding.UTF8.GetString(answer.Body.Span)}");
    }
}
