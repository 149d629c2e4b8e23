using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>Pods that a migration has to reckon with.</summary>
internal static class MigrationPods
{
    /// <summary>Whether one of its containers may still run, terminating or not.</summary>
    public static bool MayRun(V1Pod pod) => pod.Status?.Phase is not ("Succeeded" or "Failed");
}
