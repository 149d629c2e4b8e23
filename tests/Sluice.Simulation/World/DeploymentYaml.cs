using System.Globalization;
using System.Text;

namespace Sluice.Simulation.World;

/// <summary>The Deployment that runs a service before a Rollout takes it over: its pods are those that the Rollout would have.</summary>
internal static class DeploymentYaml
{
    public const string Name = "legacy";

    /// <param name="rollout">Says what the pods are.</param>
    /// <param name="replicas">How many; null where somebody else says it.</param>
    public static string Of(RolloutYaml rollout, int? replicas)
    {
        var yaml = new StringBuilder($"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {Name}
              namespace: {ReleaseWorld.Namespace}
            spec:
              selector:
                matchLabels:
                  app: payments

            """.ReplaceLineEndings("\n"));
        if (replicas is not null) yaml.Append(CultureInfo.InvariantCulture, $"  replicas: {replicas}\n");
        rollout.AppendTemplate(yaml);
        return yaml.ToString();
    }
}
