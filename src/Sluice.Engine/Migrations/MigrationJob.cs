using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Engine.Jobs;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Migrations;

/// <summary>
/// The Job of one run. It makes one pod, once: retries are ours, because Kubernetes' own would start a command again that may have written already.
/// </summary>
internal static class MigrationJob
{
    private const string ContainerName = "migrate";

    public static string NameOf(Migration migration, int attempt, bool verify) =>
        ObjectNames.MigrationJob(migration.Spec.Rollout, PhaseName(migration), migration.Spec.Key, migration.Spec.Epoch, attempt, verify);

    public static V1Job Build(Migration migration, int attempt, bool verify)
    {
        var labels = LabelsOf(migration, attempt);
        var metadata = new V1ObjectMeta
        {
            Name = NameOf(migration, attempt, verify),
            Namespace = migration.Metadata.Namespace,
            Labels = labels,
            OwnerReferences = [V1OwnerReference.ToController(ApiGroup.ApiVersion, Migration.KindName, migration.Metadata)],
        };
        return OneShotJob.Build(metadata, Finalizers.MigrationResult, Durations.OrZero(migration.Spec.Timeout), labels, migration.Spec.Annotations, PodSpec(migration.Spec, verify));
    }

    private static Dictionary<string, string> LabelsOf(Migration migration, int attempt) => new()
    {
        [Labels.Migration] = migration.Metadata.Name ?? "",
        [Labels.MigrationPhase] = PhaseName(migration),
        [Labels.Attempt] = $"{attempt}",
    };

    private static JsonObject PodSpec(MigrationSpec spec, bool verify)
    {
        var container = new JsonObject
        {
            ["name"] = ContainerName,
            ["image"] = spec.Image,
            ["command"] = Texts(verify ? spec.Verify : spec.Command),
            ["env"] = Nodes(spec.Env, ApiJsonContext.Default.EnvVar),
            ["envFrom"] = Nodes(spec.EnvFrom, ApiJsonContext.Default.EnvFromSource),
            ["securityContext"] = new JsonObject
            {
                ["allowPrivilegeEscalation"] = false,
                ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            },
        };
        if (!verify && spec.Args.Count > 0) container["args"] = Texts(spec.Args);
        return new JsonObject
        {
            ["restartPolicy"] = "Never",
            ["serviceAccountName"] = spec.ServiceAccountName,
            ["imagePullSecrets"] = new JsonArray([.. spec.ImagePullSecrets.Select(name => new JsonObject { ["name"] = name })]),
            ["securityContext"] = new JsonObject
            {
                ["runAsNonRoot"] = true,
                ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
            },
            ["containers"] = new JsonArray(container),
        };
    }

    private static string PhaseName(Migration migration) => ObjectNames.NameOf(migration.Spec.Phase);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonArray Nodes<T>(IEnumerable<T> items, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        new([.. items.Select(item => JsonSerializer.SerializeToNode(item, type))]);
}
