using System.Text.Json.Nodes;
using Sluice.TestSupport;

namespace Sluice.EndToEnd.Support;

/// <summary>Scenarios on a cluster, each in a namespace of its own, beside each other.</summary>
public abstract class ScenarioTests(LiveSandbox sandbox)
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected LiveSandbox Sandbox => sandbox;

    /// <summary>Runs a scenario; in the end the operator owns nothing of what people wrote in its namespace.</summary>
    private protected async Task RunAsync(Func<Shop, Task> scenario)
    {
        await using var shop = await sandbox.OpenShopAsync(Ct);
        await scenario(shop);
        await NothingOfPeoplesIsOwnedByTheOperatorAsync(shop);
    }

    /// <summary>The same, where requests must be served and counted: real nodes have no image that serves them.</summary>
    private protected async Task RunMeasuredAsync(Func<Shop, Task> scenario)
    {
        Assert.SkipWhen((await sandbox.StartedAsync(Ct)).SimulatedPods is null, "the pods of this cluster are real, and nobody sends them requests to be counted");
        await RunAsync(scenario);
    }

    private static async Task NothingOfPeoplesIsOwnedByTheOperatorAsync(Shop shop)
    {
        var rollouts = JsonNode.Parse(await shop.KubectlAsync("get", "rollouts.sluice.dev", "--show-managed-fields", "-o", "json"))!["items"]!.AsArray();
        foreach (var rollout in rollouts) Ownership.Violations(rollout!).ShouldBeEmpty($"of Rollout {rollout!["metadata"]!["name"]}");
    }
}
