using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Testing.Permissions;
using YamlDotNet.RepresentationModel;

namespace Sluice.EndToEnd.Installation;

/// <summary>The operator may do what it does, and no more.</summary>
public sealed class PermissionTests
{
    private const string OwnNamespace = "sluice-system";

    /// <summary>Granted, and not to be seen in this run.</summary>
    private static readonly string[] Unseen =
    [
        // Not calls: what the admission plugin OwnerReferencesPermissionEnforcement asks for when an owned object is created.
        "update rollouts/finalizers.sluice.dev",
        "update migrations/finalizers.sluice.dev",

        // While the cache is behind the operator's own writes: PermissionScenarios of the simulation sees them.
        "get rollouts.sluice.dev",
        "get migrations.sluice.dev",

        // For a Rollout with a template: TemplateScenarios of the simulation see it.
        "get analysistemplates.sluice.dev",

        // For a Rollout that takes over a Deployment: WorkloadScenarios and WorkloadReturnScenarios of the simulation see them.
        "get deployments.apps",
        "patch deployments.apps",

        // For Rollouts behind a VirtualService: IstioScenarios of the simulation see them.
        "get virtualservices.networking.istio.io",
        "patch virtualservices.networking.istio.io",

        // For Rollouts behind subsets of a DestinationRule: SubsetScenarios of the simulation see them.
        "get destinationrules.networking.istio.io",
        "patch destinationrules.networking.istio.io",

        // For Rollouts behind ingress-nginx: NginxScenarios of the simulation see them.
        "get ingresses.networking.k8s.io",
        "create ingresses.networking.k8s.io",
        "update ingresses.networking.k8s.io",
        "delete ingresses.networking.k8s.io",

        // For an event that repeats itself: EventRecorderTests.
        "patch events.events.k8s.io",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_chart_and_the_kustomization_grant_the_same()
    {
        var chart = (await ChartRenderer.RenderAsync("default", Ct)).Objects;
        var kustomization = Shipped();

        foreach (var suffix in new[] { "-operator", "-leader-election", "-view", "-edit", "-admin" })
            Permission.Of(RoleNamed(chart, suffix)).ShouldBe(Permission.Of(RoleNamed(kustomization, suffix)), ignoreOrder: true, suffix);
    }

    [Fact]
    public async Task Restricted_to_namespaces_the_operator_gets_the_same_there_and_nothing_elsewhere()
    {
        var objects = (await ChartRenderer.RenderAsync("namespaced", Ct)).Objects;
        var everywhere = Permission.Of(RoleNamed(Shipped(), "-operator"));

        objects.OfKind("ClusterRole").ShouldBeEmpty();
        objects.OfKind("ClusterRoleBinding").ShouldBeEmpty();
        var roles = objects.OfKind("Role").Where(role => role.Text("metadata", "name").EndsWith("-operator", StringComparison.Ordinal)).ToList();
        roles.Select(role => role.Text("metadata", "namespace")).ShouldBe(["shop", "bank"]);
        roles.ShouldAllBe(role => Permission.Of(role).SetEquals(everywhere));
        objects.OfKind("RoleBinding").Select(binding => binding.Text("metadata", "namespace")).ShouldBe(["sluice-system", "shop", "bank"], ignoreOrder: true);
    }

    [Fact]
    public void Nothing_is_granted_on_Secrets_or_on_whatever_there_may_be()
    {
        var granted = Shipped().Where(item => item.Text("kind") is "Role" or "ClusterRole").SelectMany(Permission.Of).ToList();

        granted.ShouldNotBeEmpty();
        granted.ShouldAllBe(permission => !permission.Contains("secrets", StringComparison.Ordinal) && !permission.Contains('*', StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_operator_is_granted_exactly_what_it_uses()
    {
        var used = await UsedAsync();

        ShouldMatch(used.In(ns => ns != OwnNamespace), Permission.Of(RoleNamed(Shipped(), "-operator")));
        ShouldMatch(used.In(ns => ns == OwnNamespace), Permission.Of(RoleNamed(Shipped(), "-leader-election")));
    }

    /// <summary>Who watches must be able to list too: after a 410, and where the server does not send what is there when the watch begins.</summary>
    private static void ShouldMatch(IReadOnlySet<string> used, IReadOnlySet<string> granted)
    {
        var lists = used.Where(permission => permission.StartsWith("watch ", StringComparison.Ordinal)).Select(permission => $"list {permission["watch ".Length..]}");

        used.Except(granted).ShouldBeEmpty("the operator does what it may not");
        granted.Except(used).Except(lists).Except(Unseen).ShouldBeEmpty("the operator may do what it does not");
    }

    /// <summary>The operator's process through every kind of effect that it has: releases, migrations, locks, logs, history, a Job that is ended, pods that are restarted, what was left behind and is adopted.</summary>
    private static async Task<UsedPermissions> UsedAsync()
    {
        await using var environment = await SandboxEnvironment.StartAsync(
            new SandboxEnvironmentOptions
            {
                WithPrometheus = false,
                WithOperator = false,
                OperatorArguments = ["--leader-elect", "true", "--leader-election-namespace", OwnNamespace],
            },
            Ct);
        await environment.CreateNamespaceAsync(OwnNamespace, Ct);
        var used = new UsedPermissions("sluice-operator/");
        environment.ApiServer.Hooks.BeforeCommit = request =>
        {
            used.Note(request);
            return null;
        };
        await environment.StartOperatorAsync(Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);

        for (var version = 1; version <= 3; version++)
        {
            await shop.ApplyAsync(Manifest(version, migrationTakes: "100ms"));
            await UntilHealthyAsync(shop, version);
        }

        await shop.ApplyAsync(Manifest(4, migrationTakes: "1h"));
        (await Shop.EventuallyAsync(async () => (await shop.ListAsync<V1Job>()).Any(job => job.Status?.Active == 1), TimeSpan.FromMinutes(1))).ShouldBeTrue("the Job runs");
        await shop.ApplyAsync(Manifest(5, migrationTakes: "100ms"));
        await UntilHealthyAsync(shop, 5);

        await shop.PatchAsync($$$"""{"spec":{"restartAt":"{{{TimeProvider.System.GetUtcNow().AddSeconds(1):yyyy-MM-ddTHH:mm:ssZ}}}"}}""");
        await shop.UntilAsync(status => status.Restart is { FinishedAt: not null });
        await RouteAsync(shop);
        await AdoptAsync(shop);
        await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Pause });
        await environment.StopOperatorAsync(Ct);
        return used;
    }

    /// <summary>A second Rollout, whose traffic is steered by a route.</summary>
    private static async Task RouteAsync(Shop shop)
    {
        await shop.KubectlAsync("apply", "-f", Path.Combine(AppContext.BaseDirectory, "routes", "httproutes.yaml"));
        await shop.KubectlAsync("wait", "--for=condition=Established", "--timeout=30s", "crd/httproutes.gateway.networking.k8s.io");
        await shop.KubectlAsync("apply", "-f", Path.Combine(AppContext.BaseDirectory, "routes", "payments.yaml"));
        for (var version = 1; version <= 2; version++)
        {
            await shop.ApplyAsync(Routed(version));
            (await Shop.EventuallyAsync(
                async () => (await shop.ListAsync<Rollout>()).Any(rollout => rollout is { Metadata.Name: "routed", Status: { Phase: Phase.Healthy } status } && status.Images == $"registry.example.com/routed:v{version}"),
                TimeSpan.FromMinutes(1))).ShouldBeTrue("the routed revision runs");
        }

        await shop.KubectlAsync("delete", "rollout", "routed");
        (await Shop.EventuallyAsync(async () => (await shop.ListAsync<V1ReplicaSet>()).Count == 1, TimeSpan.FromMinutes(1))).ShouldBeTrue("its ReplicaSets are gone");
    }

    private static string Routed(int version) => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Rollout
        metadata: {name: routed}
        spec:
          template:
            metadata:
              labels: {app: payments}
              annotations: {sandbox.sluice.dev/ready-after: 100ms}
            spec:
              containers:
              - {name: app, image: "registry.example.com/routed:v{{version}}"}
          strategy:
            canary:
              scaleDownDelay: 0s
              traffic:
                gatewayAPI: {httpRoute: payments, stableService: payments, canaryService: payments-canary}
        """;

    /// <summary>Deletes the Rollout, leaves what it owns, and makes it again.</summary>
    private static async Task AdoptAsync(Shop shop)
    {
        await shop.KubectlAsync("delete", "rollout", "payments", "--cascade=orphan");
        (await shop.ListAsync<Release>()).ShouldAllBe(release => release.Metadata.ControllerOwner() == null);

        await shop.ApplyAsync(Manifest(5, migrationTakes: "100ms"));
        await UntilHealthyAsync(shop, 5);
        (await shop.ListAsync<V1ReplicaSet>()).ShouldAllBe(set => set.Metadata.ControllerOwner() != null);
    }

    private static Task<RolloutStatus> UntilHealthyAsync(Shop shop, int version) => shop.UntilAsync(
        status => status is { Phase: Phase.Healthy, Release: null } && status.Images?.EndsWith($":v{version}", StringComparison.Ordinal) == true);

    private static string Manifest(int version, string migrationTakes) => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Rollout
        metadata: {name: payments}
        spec:
          replicas: 1
          revisionHistoryLimit: 0
          releaseHistoryLimit: 1
          template:
            metadata:
              labels: {app: payments}
              annotations: {sandbox.sluice.dev/ready-after: 100ms}
            spec:
              containers:
              - {name: app, image: "registry.example.com/payments:v{{version}}"}
          strategy:
            canary: {}
          migration:
            cancelPolicy: Terminate
            annotations: {sandbox.sluice.dev/duration: {{migrationTakes}}, sandbox.sluice.dev/log: applied}
            expand: {command: [./migrate, up]}
        """;

    private static IReadOnlyList<YamlMappingNode> Shipped() =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Find().Root, "config", "rbac"), "*.yaml").SelectMany(file => YamlObjects.Parse(File.ReadAllText(file)))];

    private static YamlMappingNode RoleNamed(IEnumerable<YamlMappingNode> objects, string suffix) =>
        objects.Single(item => item.Text("kind") is "Role" or "ClusterRole" && item.Text("metadata", "name").EndsWith(suffix, StringComparison.Ordinal));
}
