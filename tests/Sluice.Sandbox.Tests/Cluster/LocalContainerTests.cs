using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Hosting;

namespace Sluice.Sandbox.Tests.Cluster;

/// <summary>Pods whose containers are processes of this machine.</summary>
public sealed class LocalContainerTests : IDisposable
{
    private static readonly KubernetesClientConfiguration Configuration = new() { Server = new Uri("http://sandbox") };

    private readonly CancellationTokenSource _generous = new(TimeSpan.FromMinutes(2), TimeProvider.System);
    private readonly InMemoryApiServer _server = new(new ApiServerOptions());
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("local-container-");
    private readonly KubernetesClient _client;

    public LocalContainerTests() => _client = new KubernetesClient(Configuration, new KubernetesClientOptions { PrimaryHandler = new ApiServerHandler(_server) });

    private string Witness => Path.Combine(_folder.FullName, "witness");

    public void Dispose()
    {
        _client.Dispose();
        _generous.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_command_runs_once_with_its_arguments_and_variables_and_its_end_is_the_pods()
    {
        await using var host = await StartAsync();
        await CreateAsync(["sh", "-c", "echo $GREETING $0 | tee -a $WITNESS; echo sorry >&2; exit 7", "world"], ("GREETING", "hello"), ("WITNESS", Witness));

        var pod = await UntilAsync(pod => pod.Status?.Phase == "Failed");

        pod.Status!.ContainerStatuses!.Single().State!.Terminated!.ExitCode.ShouldBe(7);
        (await File.ReadAllLinesAsync(Witness, _generous.Token)).ShouldBe(["hello world"]);
        (await LogAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ShouldBe(["hello world", "sorry"]);
    }

    [Fact]
    public async Task Variables_of_this_process_are_not_the_containers()
    {
        await using var host = await StartAsync();
        await CreateAsync(["env"], ("ONLY", "this"));

        await UntilAsync(pod => pod.Status?.Phase == "Succeeded");

        (await LogAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).Order().ShouldBe(["ONLY", "PATH"]);
    }

    [Fact]
    public async Task A_command_that_is_not_there_fails_the_pod_and_says_so()
    {
        await using var host = await StartAsync();
        await CreateAsync(["no-such-program"]);

        var pod = await UntilAsync(pod => pod.Status?.Phase == "Failed");

        pod.Status!.ContainerStatuses!.Single().State!.Terminated!.ExitCode.ShouldBe(128);
        (await LogAsync()).ShouldContain("no-such-program");
    }

    [Fact]
    public async Task A_deleted_pod_is_asked_to_stop_and_made_to_after_its_grace()
    {
        await using var host = await StartAsync();
        await CreateAsync(["sh", "-c", "trap 'echo asked >> $WITNESS' TERM; echo up >> $WITNESS; while true; do sleep 0.1; done"], ("WITNESS", Witness));
        await WitnessAsync("up");

        await _client.DeleteAsync<V1Pod>("default", "job", new DeleteOptions { GracePeriodSeconds = 1 }, _generous.Token);

        await WitnessAsync("asked");
        while (await _client.GetAsync<V1Pod>("default", "job", _generous.Token) is not null) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _generous.Token);
    }

    [Fact]
    public async Task What_runs_ends_with_the_node_and_another_node_does_not_start_it_again()
    {
        await using (var host = await StartAsync())
        {
            await CreateAsync(["sh", "-c", "echo up >> $WITNESS; sleep 300"], ("WITNESS", Witness));
            await UntilAsync(pod => pod.Status?.Phase == "Running");
            await WitnessAsync("up");
        }

        await using var next = await StartAsync();
        var pod = await UntilAsync(pod => pod.Status?.Phase == "Failed");

        pod.Status!.ContainerStatuses!.Single().State!.Terminated!.ExitCode.ShouldBe(137);
        (await File.ReadAllLinesAsync(Witness, _generous.Token)).ShouldBe(["up"]);
    }

    [Fact]
    public async Task A_node_that_was_not_told_to_runs_nothing()
    {
        await using var host = await StartAsync(runs: false);
        await CreateAsync(["sh", "-c", "echo up >> $WITNESS"], ("WITNESS", Witness));

        var pod = await UntilAsync(pod => pod.Status?.Phase == "Failed");

        pod.Status!.Message!.ShouldContain("this node runs no processes");
        File.Exists(Witness).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"name":"app","image":"a"}""", "container app has no command, and its image is not looked into")]
    [InlineData("""{"name":"app","image":"a","command":["env"],"env":[{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}""", "variable PASSWORD of container app has no value of its own (valueFrom), which is not supported")]
    [InlineData("""{"name":"app","image":"a","command":["env"],"envFrom":[{"secretRef":{"name":"s"}}]}""", "container app takes variables from other objects (envFrom), which is not supported")]
    [InlineData("""{"name":"app","image":"a","command":["env"]},{"name":"sidecar","image":"b"}""", "only a pod of a single container is run as a process")]
    public async Task What_cannot_be_run_as_a_process_is_refused(string containers, string because)
    {
        await using var host = await StartAsync();
        await CreateAsync(containers);

        var pod = await UntilAsync(pod => pod.Status?.Phase == "Failed");

        pod.Status!.Message.ShouldBe($"annotation sandbox.sluice.dev/run: {because}");
    }

    private Task<ClusterLifeHost> StartAsync(bool runs = true) =>
        ClusterLifeHost.StartAsync(Configuration, new ClusterLifeHostOptions { ApiServer = new ApiServerHandler(_server), RunsProcesses = runs }, _generous.Token);

    private Task CreateAsync(IReadOnlyList<string> command, params IEnumerable<(string Name, string Value)> variables) => CreateAsync(JsonSerializer.Serialize(new
    {
        name = "app",
        image = "example.com/none",
        command,
        env = variables.Select(variable => new { name = variable.Name, value = variable.Value }),
    }));

    private async Task CreateAsync(string containers)
    {
        var pod = JsonSerializer.Deserialize(
            $$"""
            {
              "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "job", "namespace": "default", "annotations": {"sandbox.sluice.dev/run": "true"} },
              "spec": {"restartPolicy": "Never", "containers": [{{containers}}] }
            }
            """,
            ModelsJsonContext.Default.V1Pod)!;
        await _client.CreateAsync(pod, WriteOptions.Default, _generous.Token);
    }

    private async Task<V1Pod> UntilAsync(Func<V1Pod, bool> condition)
    {
        while (true)
        {
            if (await _client.GetAsync<V1Pod>("default", "job", _generous.Token) is { } pod && condition(pod)) return pod;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _generous.Token);
        }
    }

    private async Task WitnessAsync(string line)
    {
        while (!File.Exists(Witness) || !(await File.ReadAllLinesAsync(Witness, _generous.Token)).Contains(line)) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _generous.Token);
    }

    private async Task<string> LogAsync() => await _client.ReadPodLogTailAsync("default", "job", "app", 1 << 20, _generous.Token) ?? "";
}
