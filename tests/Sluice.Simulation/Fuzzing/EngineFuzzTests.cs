using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Models;
using Decision = Sluice.Engine.Decision;

namespace Sluice.Simulation.Fuzzing;

/// <summary>The engine by itself, with specs that no schema has seen, statuses that nobody can have written and clusters that cannot be: it decides, and never throws.</summary>
public sealed class EngineFuzzTests(ITestOutputHelper output)
{
    private const int Passes = 40;

    private static readonly JsonSerializerOptions Json = Sluice.Kubernetes.Client.KubernetesJson.Options(ApiJsonContext.Default);

    [Fact]
    public void Whatever_is_observed_the_engine_decides()
    {
        var read = 0;
        var failures = new List<(int Seed, Exception Error)>();
        foreach (var seed in FuzzedSpecs.Seeds(otherwise: 1_000))
        {
            try
            {
                if (Run(seed)) read++;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                failures.Add((seed, error));
            }
        }

        failures.DistinctBy(failure => failure.Error.StackTrace?.Split('\n')[0]).Select(failure => $"seed {failure.Seed}: {failure.Error}").ShouldBeEmpty($"{failures.Count} of {read} runs");
        output.WriteLine($"{read} specs could be read; releases in flight were seen {inFlight} times");
    }

    private int inFlight;

    /// <summary>False when the object cannot be read at all: a cache leaves such a one out.</summary>
    private bool Run(int seed)
    {
        var random = new Random(seed);
        if (Rollout(FuzzedSpecs.Draw(seed).Spec) is not { } rollout) return false;

        var now = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var isOurs = true;
        for (var pass = 0; pass < Passes; pass++)
        {
            var decision = RolloutEngine.Decide(Snapshot(rollout, random, now), now);
            var status = decision switch
            {
                Decision.Transition transition => transition.Status,
                Decision.Act act => act.Status,
                Decision.Hold => rollout.Status ?? new RolloutStatus(),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            if (status.Release is not null) inFlight++;
            if (isOurs) JsonSerializer.SerializeToUtf8Bytes(status, Json).Length.ShouldBeLessThan(64 * 1024, "the status");
            if (pass > Passes / 2 && random.Next(8) == 0)
            {
                // What others have written into it is not ours to bound.
                (status, isOurs) = (Spoil(status, random), false);
            }

            rollout = rollout with { Status = status };
            if (random.Next(10) == 0 && Rollout(FuzzedSpecs.Draw(random.Next()).Spec) is { } edited) rollout = edited with { Status = rollout.Status };
            now += random.Next(6) switch { 0 => TimeSpan.FromDays(random.Next(20_000)), 1 => -TimeSpan.FromHours(random.Next(100)), _ => TimeSpan.FromSeconds(random.Next(300)) };
        }

        return true;
    }

    private static Rollout? Rollout(JsonObject spec)
    {
        var manifest = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "payments", ["namespace"] = "shop", ["uid"] = "u-1", ["generation"] = 1 },
            ["spec"] = spec,
        };
        return TryRead<Rollout>(DeepJson.Bytes(manifest));
    }

    private static T? TryRead<T>(byte[] json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Json);
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static RolloutStatus Spoil(RolloutStatus status, Random random)
    {
        var tree = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(status, Json))!.AsObject();
        var mutations = new SpecMutations(random);
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            if (random.Next(3) > 0) mutations.Nearly(tree);
            else mutations.Badly(tree);
        }

        DeepJson.DropNullItems(tree);
        return TryRead<RolloutStatus>(DeepJson.Bytes(tree)) ?? status;
    }

    private static Snapshot Snapshot(Rollout rollout, Random random, DateTimeOffset now)
    {
        var status = rollout.Status;
        var revisions = new[] { status?.Stable?.Revision, status?.Release?.Revision, status?.Release?.PreviousRevision, "0123456789" }.OfType<string>().Distinct().Where(_ => random.Next(4) > 0);
        var releases = new[] { status?.Release?.Name }.OfType<string>().Where(_ => random.Next(4) > 0).Select(name => Release(rollout, name, status!.Release!.Revision, random));
        return new Snapshot
        {
            Rollout = rollout,
            ReplicaSets = [.. revisions.Select(revision => Set(revision, random, now))],
            Releases = [.. releases],
            Migrations = [],
            Decisions = [],
            Identity = IdentityProof.Unknown,
            Measurements = [],
            SpecSource = new MetricSourceCheck(TimeSpan.FromSeconds(15), []),
            ReleaseSource = new MetricSourceCheck(TimeSpan.FromSeconds(15), []),
            Traffic = random.Next(3) == 0 ? null : Traffic(status, random),
            ChangedBy = random.Next(2) == 0 ? "kubectl" : null,
            ProgressInterval = TimeSpan.FromMinutes(1),
        };
    }

    private static Release Release(Rollout rollout, string name, string revision, Random random) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "shop", OwnerReferences = [new V1OwnerReference { ApiVersion = ApiGroup.ApiVersion, Kind = Api.Rollout.KindName, Name = "payments", Uid = "u-1", Controller = true }] },
        Spec = new ReleaseSpec
        {
            Rollout = "payments",
            Number = random.Next(-1, 5),
            Revision = revision,
            Template = rollout.Spec.Template ?? new PodTemplate(),
            Strategy = rollout.Spec.Strategy,
            Analysis = rollout.Spec.Analysis,
            Soak = rollout.Spec.Soak,
            Migration = rollout.Spec.Migration,
        },
    };

    private static ObservedTraffic Traffic(RolloutStatus? status, Random random)
    {
        int?[] weights = [null, 0, 1, 50, 100, 1_000_000, int.MaxValue, -1];
        string?[] problems = [null, null, null, "is missing"];
        return new ObservedTraffic
        {
            Route = new ObservedRoute
            {
                Name = "HTTPRoute payments",
                ResourceVersion = random.Next(4) == 0 ? null : "1",
                Problem = Any(problems),
                Splits = [.. Enumerable.Range(0, random.Next(4)).Select(rule => new RouteSplit($"/spec/rules/{rule}/backendRefs/0", Any(weights), $"/spec/rules/{rule}/backendRefs/1", Any(weights)))],
            },
            Stable = Service("stable"),
            Canary = Service("canary"),
        };

        T Any<T>(T[] choices) => choices[random.Next(choices.Length)];

        ObservedSide Service(string name)
        {
            var revision = Any([null, status?.Stable?.Revision, status?.Release?.Revision, "somebody"]);
            return new ObservedSide
            {
                Side = new TrafficSide(name),
                ResourceVersion = random.Next(4) == 0 ? null : "1",
                Problem = Any(problems),
                Revision = revision,
                ReadyPods = [.. Enumerable.Range(0, random.Next(5)).Select(pod => $"payments-{revision}-{pod}")],
            };
        }
    }

    private static ObservedReplicaSet Set(string revision, Random random, DateTimeOffset now)
    {
        // What somebody wrote into a ReplicaSet may be anything; pods have to exist.
        var counts = new[] { 0, 1, 3, 10, 2_000_000 };
        return new ObservedReplicaSet
        {
            Name = $"payments-{revision}",
            ResourceVersion = "1",
            Uid = $"u-{revision}",
            Revision = revision,
            CreatedAt = now.AddDays(random.Next(-2, 2)),
            Desired = random.Next(8) == 0 ? int.MaxValue : counts[random.Next(counts.Length)],
            Pods = counts[random.Next(counts.Length)],
            Ready = counts[random.Next(counts.Length)],
            Available = counts[random.Next(counts.Length)],
            IsCurrent = random.Next(2) == 0,
            PodList = [],
        };
    }
}
