using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Fuzzing;

/// <summary>
/// Rollouts with specs that are valid, nearly valid and hostile, through the API server to the production controllers, beside a healthy one. A failure names
/// the seed: <c>SLUICE_FUZZ_SEED=n SLUICE_FUZZ_RUNS=1</c> draws that spec again.
/// </summary>
public sealed class SpecFuzzTests(ITestOutputHelper output)
{
    private const int AtATime = 15;
    private const int MaxStatusBytes = 64 * 1024;
    private const int MaxReleaseBytes = 256 * 1024;

    private int refused;
    private int stored;
    private int invalid;
    private int released;

    private const string Collection = $"/apis/{ApiGroup.Name}/v1alpha1/namespaces/{ReleaseWorld.Namespace}/rollouts";

    [Fact]
    public void Whatever_a_spec_says_it_is_refused_by_field_or_released_and_nobody_else_is_hindered()
    {
        foreach (var seeds in FuzzedSpecs.Seeds(otherwise: 240).Chunk(AtATime)) Live(seeds);
        output.WriteLine($"refused {refused}, stored {stored}; of these invalid {invalid}, released {released}");
    }

    private void Live(int[] seeds)
    {
        using var world = new ReleaseWorld(seeds[0]);
        world.Cluster.Observe(CheckSizes);
        var healthy = world.Deployed(new RolloutYaml { Replicas = 3 });
        var present = seeds.Where(seed => IsStored(world, seed, replace: false)).ToList();

        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        CheckRefusals(world, present);

        // Each becomes another one, in the middle of whatever it is at; and the healthy one has a new version.
        foreach (var seed in present) IsStored(world, seed, replace: true);
        world.Apply(healthy.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));

        world.Status.Images.ShouldBe("registry.example.com/payments:v2", $"seeds {seeds[0]} to {seeds[^1]}");
        world.Status.Phase.ShouldBe(Phase.Healthy);
        foreach (var seed in present) world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, Name(seed));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Cluster.Failures.Select(failure => $"{failure.Controller} {failure.Key}: {failure.Error}").ShouldBeEmpty();
    }

    private static string Name(int seed) => string.Create(CultureInfo.InvariantCulture, $"fuzz-{seed}");

    /// <summary>Creates the Rollout, or gives it another spec. False when that was refused, which names the field.</summary>
    private bool IsStored(ReleaseWorld world, int seed, bool replace)
    {
        var (spec, spoilt) = FuzzedSpecs.Draw(replace ? -seed : seed);
        var body = new JsonObject
        {
            ["apiVersion"] = ApiGroup.ApiVersion,
            ["kind"] = Rollout.KindName,
            ["metadata"] = new JsonObject { ["name"] = Name(seed), ["namespace"] = ReleaseWorld.Namespace },
            ["spec"] = spec,
        };
        var request = replace
            ? new RawRequest(HttpMethod.Patch, $"{Collection}/{Name(seed)}") { MediaType = "application/merge-patch+json" }
            : new RawRequest(HttpMethod.Post, Collection);
        try
        {
            Complete(world.Cluster.Client.SendRawAsync(request with { Body = DeepJson.Bytes(body) }, CancellationToken.None));
            stored++;
            return true;
        }
        catch (KubernetesException error) when (spoilt != Spoilt.No || replace)
        {
            error.Code.ShouldBeOneOf([400, 413, 422], $"seed {seed}: {error.Message}");
            if (error.Code == 422) error.Message.ShouldContain("spec", customMessage: $"seed {seed}: the field is named");
            refused++;
            return false;
        }
        catch (KubernetesException error)
        {
            throw new InvalidOperationException($"seed {seed}: a spec drawn from the schema was refused: {error.Message}", error);
        }
    }

    /// <summary>A first spec that the operator refuses says which field, and has no effect.</summary>
    private void CheckRefusals(ReleaseWorld world, IEnumerable<int> present)
    {
        foreach (var seed in present)
        {
            var rollout = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, Name(seed))!;
            rollout.Status!.ObservedGeneration.ShouldBe(rollout.Metadata.Generation, $"seed {seed}: it was looked at");
            if (!rollout.Status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: Reasons.InvalidSpec }))
            {
                if (Owned<V1ReplicaSet>(world, seed).Count > 0) released++;
                continue;
            }

            invalid++;
            rollout.Status.Conditions.Single(condition => condition.Type == "Stalled").Message!.ShouldContain("spec", customMessage: $"seed {seed}");
            Owned<V1ReplicaSet>(world, seed).ShouldBeEmpty($"seed {seed}: no pods for an invalid spec");
            Owned<V1Job>(world, seed).ShouldBeEmpty($"seed {seed}: no Jobs for an invalid spec");
            Owned<Migration>(world, seed).ShouldBeEmpty($"seed {seed}: no migration for an invalid spec");
        }
    }

    private static IReadOnlyList<T> Owned<T>(ReleaseWorld world, int seed)
        where T : class, IKubernetesObject => world.Cluster.List<T>(ReleaseWorld.Namespace, (Labels.Rollout, Name(seed)));

    private static void CheckSizes(CommittedWrite write)
    {
        if (write.Resource == "rollouts" && write.After["status"] is { } status) Bytes(status).ShouldBeLessThan(MaxStatusBytes, $"the status of {write.Name}");
        if (write.Resource == "releases") Bytes(write.After).ShouldBeLessThan(MaxReleaseBytes, $"Release {write.Name}");
    }

    private static int Bytes(JsonNode value) => DeepJson.Bytes(value).Length;

    private static T Complete<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("the in-process API server answers at once");
}
