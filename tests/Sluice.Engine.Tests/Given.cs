using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests;

/// <summary>Rollouts and what was seen of them, written down in few words.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private const string Manifest = """
        {
          "metadata": {"name": "payments", "namespace": "shop", "uid": "u-1", "generation": 1},
          "spec": {
            "replicas": 10,
            "template": {
              "metadata": {"labels": {"app": "payments"}},
              "spec": {"containers": [{"name": "app", "image": "registry.example.com/payments:v1", "env": [{"name": "MODE", "value": "fast"}]}]}
            },
            "strategy": {"canary": {"steps": [{"setWeight": 20}, {"analysis": {"minDuration": "1m"}}, {"setWeight": 50}]}},
            "analysis": {"metrics": [{"name": "error-rate", "errorRate": {"counter": "http_requests_total", "errors": "code=~\"5..\"", "max": "1%"}}]},
            "migration": {"expand": {"command": ["./migrate", "up"]}}
          }
        }
        """;

    /// <summary>A valid Rollout, with a JSON merge patch applied to its spec.</summary>
    public static Rollout Rollout(string? specPatch = null)
    {
        var manifest = JsonNode.Parse(Manifest)!.AsObject();
        if (specPatch is not null) Merge(manifest["spec"]!.AsObject(), JsonNode.Parse(specPatch)!.AsObject());
        return manifest.Deserialize(ApiJsonContext.Default.Rollout)!;
    }

    /// <summary>Lists in lists, so many levels deep.</summary>
    public static JsonElement Nested(int levels) => JsonElement.Parse(new string('[', levels) + new string(']', levels), new JsonDocumentOptions { MaxDepth = levels });

    /// <summary>A template whose spec nests so many levels deep, the spec being the first.</summary>
    public static PodTemplate Template(int levels) => new()
    {
        Spec = JsonElement.Parse(
            $$"""{"containers": [{"name": "app", "image": "a"}], "deep": {{Nested(levels - 1).GetRawText()}}}""",
            new JsonDocumentOptions { MaxDepth = levels }),
    };

    public static Release Release(Rollout rollout, int number, string revision, Outcome? outcome = Outcome.Promoted) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = ObjectNames.Release(rollout.Metadata.Name!, number),
            Namespace = "shop",
            OwnerReferences = [new V1OwnerReference { ApiVersion = ApiGroup.ApiVersion, Kind = Api.Rollout.KindName, Name = "payments", Uid = "u-1", Controller = true }],
        },
        Spec = new ReleaseSpec
        {
            Rollout = "payments",
            Number = number,
            Revision = revision,
            Template = rollout.Spec.Template!,
            Strategy = rollout.Spec.Strategy,
            Analysis = rollout.Spec.Analysis,
            Soak = rollout.Spec.Soak,
            Migration = rollout.Spec.Migration,
        },
        Status = outcome is null ? null : new ReleaseStatus { Outcome = outcome },
    };

    public static ObservedReplicaSet Set(string revision, int desired, int? available = null) => new()
    {
        Name = ObjectNames.ReplicaSet("payments", revision),
        ResourceVersion = "1",
        Uid = $"u-{revision}",
        Revision = revision,
        CreatedAt = Now.AddDays(-1),
        Desired = desired,
        Pods = desired,
        Ready = available ?? desired,
        Available = available ?? desired,
        IsCurrent = true,
        PodList = [],
    };

    public static Snapshot Snapshot(Rollout rollout, IReadOnlyList<ObservedReplicaSet>? sets = null, IReadOnlyList<Release>? releases = null, IReadOnlyList<Migration>? migrations = null) => new()
    {
        Rollout = rollout,
        ReplicaSets = sets ?? [],
        Releases = releases ?? [],
        Migrations = migrations ?? [],
        Decisions = [],
        Identity = IdentityProof.Unknown,
        Measurements = [],
        SpecSource = new MetricSourceCheck(TimeSpan.FromSeconds(15), []),
        ReleaseSource = new MetricSourceCheck(TimeSpan.FromSeconds(15), []),
        ChangedBy = "kubectl",
        ProgressInterval = TimeSpan.FromMinutes(1),
    };

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null) target.Remove(key);
            else if (value is JsonObject nested && target[key] is JsonObject existing) Merge(existing, nested);
            else target[key] = value.DeepClone();
        }
    }
}
