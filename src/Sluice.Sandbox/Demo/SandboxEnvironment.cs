using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Cluster.Traffic;
using Sluice.Sandbox.Demo.External;
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
    private ExternalCluster? _external;

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

    /// <summary>Where the simulated pods' counters are; null where a cluster's own nodes run the pods.</summary>
    public Uri? SimulatedPods { get; private set; }

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

    /// <summary>Creates a namespace; one on a cluster that is not the sandbox's own goes with the environments that use it.</summary>
    public Task CreateNamespaceAsync(string name, CancellationToken ct) => _external is not null
        ? _external.CreateNamespaceAsync(name, ct)
        : Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, WriteOptions.Default, ct);

    /// <summary>Starts the operator, at the beginning or after it was stopped or killed; returns once it is ready.</summary>
    public async Task StartOperatorAsync(CancellationToken ct)
    {
        if (Operator is { HasExited: false }) throw new InvalidOperationException("the operator runs already");
        await RemoveOperatorAsync();
        Operator = await OperatorProcess.StartAsync(Started(_operator), Path.Combine(LogFolder, "operator.log"), _options.PartDeadline, ct);
        Tell("operator", $"process {Operator.Id}, {new Uri(Operator.Addresses.Metrics, "/metrics")}");
    }

    /// <summary>Starts another operator beside, with a configuration of its own; it is for the caller to dispose of.</summary>
    /// <param name="name">Names its files; its log is <c>name.log</c>.</param>
    /// <param name="arguments">Its further flags, instead of those in the options.</param>
    /// <param name="ct">Cancels the start.</param>
    public async Task<OperatorProcess> StartFurtherOperatorAsync(string name, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var setup = await SetUpOperatorAsync(name, arguments, ct);
        return await OperatorProcess.StartAsync(setup, Path.Combine(LogFolder, $"{name}.log"), _options.PartDeadline, ct);
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
        if (_external is not null) await ExternalClusters.LeaveAsync(KubeconfigPath);
        _external = null;
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

        if (_host is null) await JoinAsync(server, ct);
        else await PopulateAsync(_host, server, ct);
        if (_options.WithPrometheus && SimulatedPods is { } pods) await StartPrometheusAsync(pods, ct);
        _operator = await SetUpOperatorAsync("operator", _options.OperatorArguments, ct);
        if (_options.WithOperator) await StartOperatorAsync(ct);
    }

    private async Task PopulateAsync(SandboxHost host, KubernetesClientConfiguration server, CancellationToken ct)
    {
        await Kubectl.RunAsync(["apply", "-k", _repository.Definitions], ct);
        await Kubectl.RunAsync(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"], ct);
        Tell("CRDs", "applied by kubectl from config/crd");

        var options = new ClusterLifeHostOptions { Life = Life, RunsProcesses = _options.RunsProcesses, ApiServer = new ApiServerHandler(host.ApiServer) };
        var life = await ClusterLifeHost.StartAsync(server, options, ct);
        _parts.Push(life);
        SimulatedPods = life.MetricsAddress;
        Tell("cluster", $"one simulated node, {new Uri(life.MetricsAddress, "/metrics")}");
    }

    private async Task JoinAsync(KubernetesClientConfiguration server, CancellationToken ct)
    {
        _external = await ExternalClusters.JoinAsync(KubeconfigPath, server, Kubectl, _repository.Definitions, _options.ClusterLife, Life, ct);
        SimulatedPods = _external.MetricsAddress;
        Tell("cluster", SimulatedPods is { } pods ? $"one simulated node, {new Uri(pods, "/metrics")}" : "its own nodes");
    }

    private ClusterLifeOptions Life => new() { Seed = _options.Seed, Traffic = new TrafficOptions { RouteInterval = TimeSpan.FromSeconds(1) } };

    private async Task<OperatorSetup> SetUpOperatorAsync(string name, IReadOnlyList<string> arguments, CancellationToken ct) => await OperatorSetup.WriteAsync(
        _repository.OperatorAssembly, KubeconfigPath, Prometheus?.Address, Directory.CreateDirectory(_folder.Of(name)).FullName, _options with { OperatorArguments = arguments }, ct);

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
