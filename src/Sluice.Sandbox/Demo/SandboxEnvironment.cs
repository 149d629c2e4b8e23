using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Hosting;

namespace Sluice.Sandbox.Demo;

/// <summary>
/// A cluster on this machine to release to: the in-memory API server with simulated pods, Sluice's CRDs, a real Prometheus that scrapes the pods, and the
/// real operator. All of it listens on 127.0.0.1 only. Disposing it leaves no process and no temporary folder behind.
/// </summary>
public sealed class SandboxEnvironment : IAsyncDisposable
{
    private readonly SandboxEnvironmentOptions _options;
    private readonly Repository _repository;
    private readonly TemporaryFolder _folder;
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly Lock _telling = new();
    private SandboxHost? _host;
    private KubernetesClient? _client;
    private Kubectl? _kubectl;
    private OperatorSetup? _operator;

    private SandboxEnvironment(SandboxEnvironmentOptions options, Repository repository)
    {
        (_options, _repository) = (options, repository);
        _folder = new TemporaryFolder();
        LogFolder = Directory.CreateDirectory(options.LogFolder ?? _folder.Of("logs")).FullName;
    }

    /// <summary>The file to put into <c>KUBECONFIG</c>.</summary>
    public string KubeconfigPath => _options.Kubeconfig ?? Started(_host).KubeconfigPath;

    /// <summary>The sandbox's API server itself, for faults that only a server can have; there is none where the options name another.</summary>
    public InMemoryApiServer ApiServer => Started(_host).ApiServer;

    /// <summary>A client of the API server, as its administrator.</summary>
    public KubernetesClient Client => Started(_client);

    public Kubectl Kubectl => Started(_kubectl);

    /// <summary>Null without Prometheus.</summary>
    public PrometheusProcess? Prometheus { get; private set; }

    /// <summary>Null without operator, or while it is stopped.</summary>
    public OperatorProcess? Operator { get; private set; }

    /// <summary>How the operator is started by hand against this sandbox.</summary>
    public string OperatorCommandLine => Started(_operator).CommandLine;

    /// <summary>Holds prometheus.log and operator.log.</summary>
    public string LogFolder { get; }

    /// <summary>The folder of the repository's <c>config/samples</c>.</summary>
    public string Samples => _repository.Samples;

    /// <summary>Starts all parts; returns once each of them serves.</summary>
    /// <exception cref="SandboxException">A program is missing or a part did not start; nothing is left running.</exception>
    public static async Task<SandboxEnvironment> StartAsync(SandboxEnvironmentOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        var repository = Repository.Find();
        var kubectl = ProgramPath.Kubectl();
        if (options.WithPrometheus) ProgramPath.Prometheus();
        if (options.WithOperator) repository.RequireOperator();

        var environment = new SandboxEnvironment(options, repository);
        try
        {
            await environment.StartPartsAsync(kubectl, ct);
            return environment;
        }
        catch
        {
            await environment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a namespace.</summary>
    public Task CreateNamespaceAsync(string name, CancellationToken ct) =>
        Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, WriteOptions.Default, ct);

    /// <summary>Starts the operator, at the beginning or after it was stopped or killed; returns once it is ready.</summary>
    public async Task StartOperatorAsync(CancellationToken ct)
    {
        if (Operator is { HasExited: false }) throw new InvalidOperationException("the operator runs already");
        await RemoveOperatorAsync();
        Operator = await OperatorProcess.StartAsync(Started(_operator), Path.Combine(LogFolder, "operator.log"), _options.PartDeadline, ct);
        Tell("operator", $"process {Operator.Id}, {new Uri(Operator.Addresses.Metrics, "/metrics")}");
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopOperatorAsync(CancellationToken ct)
    {
        var stopping = Operator ?? throw new InvalidOperationException("the operator does not run");
        var exitCode = await stopping.StopAsync(ct);
        await RemoveOperatorAsync();
        return exitCode;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillOperatorAsync()
    {
        var killed = Operator ?? throw new InvalidOperationException("the operator does not run");
        await killed.KillAsync();
        await RemoveOperatorAsync();
    }

    /// <summary>Ends Prometheus, its data with it. Harmless when it does not run.</summary>
    public async Task StopPrometheusAsync()
    {
        if (Prometheus is null) return;
        await Prometheus.DisposeAsync();
        Prometheus = null;
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveOperatorAsync();
        await StopPrometheusAsync();
        while (_parts.TryPop(out var part)) await part.DisposeAsync();
        _client?.Dispose();
        _folder.Dispose();
    }

    private static T Started<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException($"{typeof(T).Name} is not started");

    private async Task StartPartsAsync(string kubectl, CancellationToken ct)
    {
        var server = await FindServerAsync(ct);
        Tell("API server", server.Server.GetLeftPart(UriPartial.Authority));
        _client = new KubernetesClient(
            server, new KubernetesClientOptions { TypeInfoResolvers = [ApiJsonContext.Default], FieldManager = "sandbox", UserAgent = "sluice-sandbox" });
        _kubectl = new Kubectl(kubectl, KubeconfigPath, _folder.Of("kubectl-cache"), _repository.Root);

        await Kubectl.RunAsync(["apply", "-k", _repository.Definitions], ct);
        await Kubectl.RunAsync(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"], ct);
        Tell("CRDs", "applied by kubectl from config/crd");

        var life = await ClusterLifeHost.StartAsync(
            server,
            new ClusterLifeHostOptions { Life = new ClusterLifeOptions { Seed = _options.Seed }, ApiServer = _host is null ? null : new ApiServerHandler(_host.ApiServer) },
            ct);
        _parts.Push(life);
        Tell("cluster", $"one simulated node, {new Uri(life.MetricsAddress, "/metrics")}");

        if (_options.WithPrometheus) await StartPrometheusAsync(life.MetricsAddress, ct);
        _operator = await OperatorSetup.WriteAsync(
            _repository.OperatorAssembly, KubeconfigPath, Prometheus?.Address, Directory.CreateDirectory(_folder.Of("operator")).FullName, _options, ct);
        if (_options.WithOperator) await StartOperatorAsync(ct);
    }

    /// <summary>An API server of its own, unless the options name one.</summary>
    private async Task<KubernetesClientConfiguration> FindServerAsync(CancellationToken ct)
    {
        if (_options.Kubeconfig is { } path) return KubernetesClientConfiguration.Load(path, context: null);

        _host = await SandboxHost.StartAsync(new SandboxHostOptions { KubeconfigPath = _folder.Of("kubeconfig") }, ct);
        _parts.Push(_host);
        return new KubernetesClientConfiguration { Server = _host.Address };
    }

    private async Task StartPrometheusAsync(Uri target, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(_folder.Of("prometheus")).FullName;
        Prometheus = await PrometheusProcess.StartAsync(
            target, _options.ScrapeInterval, folder, Path.Combine(LogFolder, "prometheus.log"), _options.PartDeadline, ct);
        Tell("Prometheus", $"{Prometheus.Address.GetLeftPart(UriPartial.Authority)}, scrapes every {_options.ScrapeInterval.TotalSeconds:0.#} s");
    }

    private async Task RemoveOperatorAsync()
    {
        if (Operator is null) return;
        await Operator.DisposeAsync();
        Operator = null;
    }

    private void Tell(string part, string detail)
    {
        lock (_telling) _options.Ready?.Invoke(part, detail);
    }
}
