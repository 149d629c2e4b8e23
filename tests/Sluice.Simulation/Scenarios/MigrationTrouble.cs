using System.Text;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Migrations under one lock, and what an operator does not see of them.</summary>
internal static class MigrationTrouble
{
    public static readonly RolloutYaml Small = new() { Replicas = 1, Analysis = null, Steps = [] };

    public static string Expand(string duration, string more = "retries: 0") => $$"""
        lock: shared-db
        image: registry.example.com/migrator:v2
        annotations: {sandbox.sluice.dev/duration: {{duration}}}
        expand: {command: [./migrate, up], timeout: 1h, {{more}}}
        """;

    public static bool CreatesAJob(HttpRequestMessage request) => request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/jobs", StringComparison.Ordinal);

    /// <summary>The operator again, whose requests fail where they may not come through.</summary>
    public static void Restart(ReleaseWorld world, Func<HttpRequestMessage, bool> may)
    {
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { WrapHandler = inner => new FaultyConnection(inner) { Strikes = request => may(request) ? null : ConnectionFault.ServerError } });
    }

    public static ControllerSetOptions Late(string resource, TimeSpan lag) => new() { Lag = (changed, _) => changed == resource ? lag : TimeSpan.Zero };

    /// <summary>What it knows of a resource stays as it is now.</summary>
    public static ControllerSetOptions Blind(string resource) => new() { HoldsBack = changed => changed == resource };

    public static bool IsPodOfAJob(ApiRequest request) =>
        request.Method == "POST" && request.Path.EndsWith("/pods", StringComparison.Ordinal) && Encoding.UTF8.GetString(request.Body.Span).Contains("\"Job\"", StringComparison.Ordinal);

    public static ControllerSetOptions Unaware(string migration) => new() { Fate = (_, key) => key.Name == migration ? EventFate.IsLost : EventFate.Arrives, Repair = TimeSpan.FromHours(1) };

    public static V1Job RunningJob(ReleaseWorld world)
    {
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Any(IsRunning), TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromSeconds(3));
        return world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Single(IsRunning);
    }

    public static bool IsRunning(V1Job job) => job.Status?.Active == 1;

    public static List<V1Pod> JobPods(ReleaseWorld world, V1Job job) => [.. world.Cluster.List<V1Pod>(ReleaseWorld.Namespace).Where(pod => pod.Metadata.ControllerOwner()?.Uid == job.Metadata.Uid)];

    public static string? Holder(ReleaseWorld world) => world.Cluster.Get<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db")?.Spec?.HolderIdentity;
}
