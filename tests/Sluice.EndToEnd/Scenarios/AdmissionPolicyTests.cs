using System.Text.Json;
using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.EndToEnd.Scenarios;

/// <summary>The policy of config/admission, where there is an API server that carries them out.</summary>
public sealed class AdmissionPolicyTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    private const string PolicyName = "sluice-decision-identity";

    private const string ReleaseManager = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: release-manager}
        rules:
        - {apiGroups: [sluice.dev], resources: [decisions], verbs: [create, get, list]}
        - {apiGroups: [sluice.dev], resources: [rollouts], resourceNames: [payments], verbs: [abort, approve]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: release-manager}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: release-manager}
        subjects: [{kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}]
        """;

    [Fact]
    public async Task Who_decides_is_who_it_says_and_may_do_so()
    {
        Assert.SkipWhen(LiveSandbox.ExternalKubeconfig is null, "the sandbox keeps admission policies and carries none out");
        await RunAsync(async shop =>
        {
            var policy = await shop.ApplyAsync(await PolicyForAsync(shop));
            try
            {
                await shop.ApplyAsync(ReleaseManager);
                await RefusesWhatIsNotProvenAsync(shop);
            }
            finally
            {
                await shop.KubectlAsync("delete", "-f", policy);
            }
        });
    }

    /// <summary>Of this namespace alone: beside it, others decide in names of their choice.</summary>
    private static async Task<string> PolicyForAsync(Shop shop)
    {
        await shop.KubectlAsync("label", "namespace", shop.Namespace, $"proven={shop.Namespace}");
        var everywhere = await shop.KubectlAsync("kustomize", Path.Combine(Repository.Find().Root, "config", "admission"));
        return everywhere
            .Replace(PolicyName, $"{PolicyName}-{shop.Namespace}", StringComparison.Ordinal)
            .Replace("  validationActions:", $"  matchResources: {{namespaceSelector: {{matchLabels: {{proven: {shop.Namespace}}}}}}}\n  validationActions:", StringComparison.Ordinal);
    }

    private static async Task RefusesWhatIsNotProvenAsync(Shop shop)
    {
        // The API server puts a policy into force some time after it was created.
        var abort = new DecisionSpec { Rollout = "payments", Action = DecisionAction.Abort, By = "bob", Reason = "because" };
        (await Shop.EventuallyAsync(async () => (await TryAsAsync(shop, "alice", abort)).Contains("spec.by must be your own user name, alice", StringComparison.Ordinal), TimeSpan.FromMinutes(1)))
            .ShouldBeTrue("somebody else's name is refused");

        (await TryAsAsync(shop, "alice", abort with { By = "alice" })).ShouldBeEmpty();
        (await TryAsAsync(shop, "alice", abort with { By = "alice", Action = DecisionAction.Approve, Gate = "qa", Revision = "1" })).ShouldBeEmpty();
        (await TryAsAsync(shop, "alice", abort with { By = "alice", Action = DecisionAction.Pause })).ShouldContain("you need the verb pause on rollouts/payments");
        (await TryAsAsync(shop, "alice", abort with { By = "alice", Rollout = "orders" })).ShouldContain("you need the verb abort on rollouts/orders");
        (await TryAsAsync(shop, "bob", abort)).ShouldContain("cannot create resource");
        (await TryAsAsync(shop, user: null, abort)).ShouldContain("spec.by must be your own user name", customMessage: "an administrator forges nothing either, not even in a dry run");
    }

    /// <summary>What the API server says against it, in a dry run; empty when nothing.</summary>
    private static async Task<string> TryAsAsync(Shop shop, string? user, DecisionSpec spec)
    {
        var file = Path.GetTempFileName();
        try
        {
            var decision = new Decision { Metadata = new V1ObjectMeta { GenerateName = "payments-" }, Spec = spec };
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(decision, ApiJsonContext.Default.Decision), Ct);
            return (await shop.TryKubectlAsync([.. user is null ? Array.Empty<string>() : ["--as", user], "create", "--dry-run=server", "-f", file])).Error;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
