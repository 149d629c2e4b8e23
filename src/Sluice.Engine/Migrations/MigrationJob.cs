using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api;
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
        var spec = migration.Spec;
        return new V1Job
        {
            Metadata = new V1ObjectMeta
            {
                Name = NameOf(migration, attempt, verify),
                Namespace = migration.Metadata.Namespace,
                Labels = LabelsOf(migration, attempt),
                Finalizers = [Finalizers.MigrationResult],
                OwnerReferences =
                [
                    new V1OwnerReference
                    {
                        ApiVersion = ApiGroup.ApiVersion,
                        Kind = Migration.KindName,
                        Name = migration.Metadata.Name ?? "",
                        Uid = migration.Metadata.Uid ?? "",
                        Controller = true,
                        BlockOwnerDeletion = true,
                    },
                ],
            },
            Spec = new V1JobSpec
            {
                BackoffLimit = 0,
                PodReplacementPolicy = "Failed",
                ActiveDeadlineSeconds = Math.Max(1, (long)Durations.OrZero(spec.Timeout).TotalSeconds),
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = LabelsOf(migration, attempt), Annotations = AnnotationsOf(spec) },
                    Spec = JsonSerializer.SerializeToElement(PodSpec(spec, verify), NodeJsonContext.Default.JsonObject),
                },
            },
        };
    }

    private static Dictionary<string, string> LabelsOf(Migration migration, int attempt) => new()
    {
        [Labels.Migration] = migration.Metadata.Name ?? "",
        [Labels.MigrationPhase] = PhaseName(migration),
        [Labels.Attempt] = $"{attempt}",
    };

    private static Dictionary<string, string> AnnotationsOf(MigrationSpec spec) => new(spec.Annotations)
    {
        // A migration that is moved to another node is a migration that is interrupted.
        ["cluster-autoscaler.kubernetes.io/safe-to-evict"] = "false",
        ["karpenter.sh/do-not-disrupt"] = "true",
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

    private static string PhaseName(Migration migration) => migration.Spec.Phase.ToString().ToLowerInvariant();

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonArray Nodes<T>(IEnumerable<T> items, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        new([.. items.Select(item => JsonSerializer.SerializeToNode(item, type))]);
}
