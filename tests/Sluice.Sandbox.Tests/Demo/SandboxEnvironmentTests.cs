using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo;

namespace Sluice.Sandbox.Tests.Demo;

public sealed class SandboxEnvironmentTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Prometheus_learns_of_the_pods_that_kubectl_created_and_nothing_is_left_behind()
    {
        var ct = TestContext.Current.CancellationToken;
        string kubeconfig;
        Uri prometheus;
        await using (var environment = await SandboxEnvironment.StartAsync(new SandboxEnvironmentOptions { WithOperator = false }, ct))
        {
            kubeconfig = environment.KubeconfigPath;
            prometheus = environment.Prometheus!.Address;
            await environment.CreateNamespaceAsync("shop", ct);
            var manifest = Path.Combine(Path.GetDirectoryName(kubeconfig)!, "deployment.yaml");
            await File.WriteAllTextAsync(manifest, Deployment, ct);
            await environment.Kubectl.RunAsync(["apply", "-n", "shop", "-f", manifest], ct);
            await environment.Kubectl.RunAsync(["rollout", "status", "deployment/payments", "-n", "shop", "--timeout=60s"], ct);

            (await PodsKnownToAsync(prometheus, atLeast: 2, ct)).ShouldBe(2);
            (await environment.Client.ListAsync<V1Pod>("shop", "app=payments", ct)).Items.Count.ShouldBe(2);
        }

        Directory.Exists(Path.GetDirectoryName(kubeconfig)).ShouldBeFalse();
        using var http = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(new Uri(prometheus, "-/ready"), ct));
    }

    private static async Task<int> PodsKnownToAsync(Uri prometheus, int atLeast, CancellationToken ct)
    {
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        while (true)
        {
            var answer = JsonNode.Parse(await http.GetStringAsync(new Uri(prometheus, "api/v1/query?query=count(count by (pod) (http_requests_total))"), either.Token));
            if (answer?["data"]?["result"] is JsonArray { Count: 1 } result && int.Parse((string)result[0]!["value"]![1]!) is var pods && pods >= atLeast) return pods;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, either.Token);
        }
    }

    private const string Deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: payments}
        spec:
          replicas: 2
          selector: {matchLabels: {app: payments}}
          template:
            metadata:
              labels: {app: payments}
              annotations: {sandbox.sluice.dev/requests-per-second: "100"}
            spec:
              containers: [{name: app, image: registry.example.com/payments:v1}]
        """;
}
