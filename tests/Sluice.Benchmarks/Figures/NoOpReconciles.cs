using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Api;
using Sluice.Benchmarks.Setup;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers;
using Sluice.Operator.Controllers.Rollouts;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.VirtualTime;

namespace Sluice.Benchmarks.Figures;

/// <summary>Reconciles of a healthy Rollout in this process, one thread, on a cache that is in memory as the watch cache is; by the second of a processor.</summary>
internal static class NoOpReconciles
{
    private const int Rounds = 7;
    private const int PerRound = 20_000;

    public static IReadOnlyList<Figure> Measure()
    {
        IReconciler? reconciler = null;
        using var cluster = new VirtualCluster(new VirtualClusterOptions { TypeInfoResolvers = [ApiJsonContext.Default] });
        foreach (var crd in Directory.EnumerateFiles(Repository.Find().Definitions, "sluice.dev_*.yaml")) cluster.Kubectl.Apply(File.ReadAllText(crd));
        cluster.Kubectl.Apply($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {Bench.Namespace}}}\n");
        cluster.AddControllers("sluice", environment =>
        {
            var definitions = OperatorControllers.Definitions(
                environment.Reader, environment.Writer, new NoEvents(), new NoMeasurements(), new NoIdentity(), new RolloutControllerOptions(TimeSpan.FromMinutes(1)), environment.Time, NullLoggerFactory.Instance);
            reconciler = definitions.First(definition => definition.Name == "rollout").Reconciler;
            return definitions;
        });
        cluster.Kubectl.Apply(new Service("payments") { Replicas = 3 }.ToJson().ToJsonString());
        cluster.RunUntil(() => Seen.IsHealthy(cluster.Server.Find("rollouts.sluice.dev", Bench.Namespace, "payments")), TimeSpan.FromMinutes(5));

        var rates = Enumerable.Range(0, Rounds).Select(_ => Rate(reconciler!)).Order().ToList();
        return [Figure.AtLeast("no-op reconciles", 20_000, rates[Rounds / 2], "/s")];
    }

    private static double Rate(IReconciler reconciler)
    {
        var key = new NamespacedName(Bench.Namespace, "payments");
        var start = Environment.CpuUsage.TotalTime;
        for (var index = 0; index < PerRound; index++) reconciler.ReconcileAsync(key, CancellationToken.None).GetAwaiter().GetResult();
        return PerRound / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }
}
