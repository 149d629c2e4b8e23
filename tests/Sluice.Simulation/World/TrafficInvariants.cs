using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Simulation.World;

/// <summary>Where the traffic went at one moment.</summary>
internal sealed record TrafficMoment(DateTimeOffset At, Stage? Stage, int Weight, string? Stable, string? Canary);

/// <summary>What must hold of routes and Services after every write of the operator; keeps where the traffic went.</summary>
internal sealed class TrafficInvariants(ReleaseWorld world)
{
    private const string Revision = Labels.Revision;
    private const string CanaryWeight = "nginx.ingress.kubernetes.io/canary-weight";

    private readonly List<TrafficMoment> moments = [];

    /// <summary>After each write of the operator to a route or Service.</summary>
    public IReadOnlyList<TrafficMoment> Moments => moments;

    public void Check(CommittedWrite write)
    {
        switch (write.Resource)
        {
            case "httproutes" or "virtualservices":
                CheckRoute(write);
                Note();
                break;
            case "ingresses":
                CheckIngress(write);
                Note();
                break;
            case "services":
                CheckService(write);
                Note();
                break;
            case "destinationrules":
                CheckRule(write);
                Note();
                break;
            case "replicasets" when write.Type != WatchEventType.Deleted:
                CheckScale(write);
                break;
        }
    }

    /// <summary>Only weights change; none is above 0 without ready endpoints; none rises on the way back, or where the status calls for none.</summary>
    private void CheckRoute(CommittedWrite write)
    {
        Without(write.After, "weight").ShouldBe(Without(write.Before!, "weight"), "of a route the operator writes weights alone");
        CheckWeight(WeightIn(write.Before!), WeightIn(write.After));
    }

    /// <summary>The one that a person wrote is never touched; the canary's goes with the Rollout.</summary>
    private void CheckIngress(CommittedWrite write)
    {
        write.Name.ShouldBe(RouteYaml.CanaryIngress, "of Ingresses the operator writes its own alone");
        if (write.Type != WatchEventType.Deleted) ((string?)write.After["metadata"]!["ownerReferences"]?[0]?["uid"]).ShouldBe(world.Rollout.Metadata.Uid);
        CheckWeight(write.Before is null ? 0 : WeightOf(write.Before), write.Type == WatchEventType.Deleted ? 0 : WeightOf(write.After));
    }

    private void CheckWeight(int before, int after)
    {
        // What was sent long ago comes into another world, where only what it tests protects it.
        if (world.HasLateArrival) return;

        var status = world.Status;
        var isServed = EndpointsOfCanary > 0;
        if (after > 0) isServed.ShouldBeTrue("no weight without ready endpoints");
        if (after < before && isServed && world.Rollout is { Spec.Replicas: > 0, Metadata.DeletionTimestamp: null }) EndpointsOfStable.ShouldBeGreaterThan(0, "no traffic for a stable side without ready endpoints");
        if (after <= before) return;

        IsHeld(world.Rollout).ShouldBeTrue("no weight rises for a Rollout that could go without putting it back");
        status.Release!.Stage.ShouldBeOneOf(Stage.Stepping, Stage.Promoting);
        status.Release.Verdict.ShouldNotBe(Verdict.Fail, "after a FAIL no weight rises");
        after.ShouldBeLessThanOrEqualTo(status.Canary!.Weight, "no weight above the plan's");
    }

    /// <summary>Only the revision in the selector changes, and only to one with ready pods.</summary>
    private void CheckService(CommittedWrite write)
    {
        Without(write.After, Revision).ShouldBe(Without(write.Before!, Revision), "of a Service the operator writes the revision alone");
        CheckTurn($"Service {write.Name}", write.Name == RouteYaml.CanaryService, (string?)write.Before!["spec"]?["selector"]?[Revision], (string?)write.After["spec"]?["selector"]?[Revision]);
    }

    /// <summary>The same of a DestinationRule: the revision in the labels of one of its subsets.</summary>
    private void CheckRule(CommittedWrite write)
    {
        Without(write.After, Revision).ShouldBe(Without(write.Before!, Revision), "of a DestinationRule the operator writes the revision alone");
        foreach (var (before, after) in write.Before!["spec"]!["subsets"]!.AsArray().Zip(write.After["spec"]!["subsets"]!.AsArray()))
        {
            var (name, was, now) = ((string?)after!["name"], (string?)before!["labels"]?[Revision], (string?)after["labels"]?[Revision]);
            if (was == now) continue;

            name.ShouldBeOneOf(RouteYaml.StableSubset, RouteYaml.CanarySubset);
            CheckTurn($"subset {name}", name == RouteYaml.CanarySubset, was, now);
        }
    }

    private void CheckTurn(string what, bool isCanarys, string? was, string? revision)
    {
        var followsStable = isCanarys && (revision == Stable || revision == world.Status.Stable?.Revision);
        if (revision is null || !world.Exists || world.Rollout.Spec.Replicas == 0 || followsStable) return;

        // From where somebody else has turned it, it is turned as soon as one pod is ready.
        var isTurnedElsewhere = was is null || (was != world.Release?.Revision && was != world.Release?.PreviousRevision);
        var pods = isTurnedElsewhere ? world.SetOf(revision)?.Status?.ReadyReplicas ?? 0 : world.Available(revision);
        pods.ShouldBeGreaterThan(0, $"{what} is turned to pods that are there");
    }

    /// <summary>Pods go only when no traffic is sent to them.</summary>
    private void CheckScale(CommittedWrite write)
    {
        var (before, after) = ((int?)write.Before?["spec"]?["replicas"] ?? 0, (int?)write.After["spec"]?["replicas"] ?? 0);
        if (after >= before || after > 0 || Weight is null || world.Rollout.Spec.Replicas == 0) return;

        var revision = (string?)write.After["metadata"]?["labels"]?[Revision];
        if (Weight > 0) Canary.ShouldNotBe(revision, $"{write.Name} gets {Weight}% and is scaled to 0");
        if (Weight < 100) Stable.ShouldNotBe(revision, $"{write.Name} gets {100 - Weight}% and is scaled to 0");
    }

    public static bool IsHeld(Rollout rollout) => rollout.Metadata.Finalizers?.Contains(Finalizers.Rollout) == true;

    /// <summary>Percent for the canary's Service; null where there is no route.</summary>
    public int? Weight => (world.Cluster.Get<V1HTTPRoute>(ReleaseWorld.Namespace, "payments"), world.Cluster.Get<V1Beta1VirtualService>(ReleaseWorld.Namespace, "payments")) switch
    {
        (null, null) when world.Cluster.Get<V1Ingress>(ReleaseWorld.Namespace, RouteYaml.CanaryIngress) is { } canary => int.TryParse(canary.Metadata.Annotation(CanaryWeight), out var weight) ? weight : 0,
        (null, null) when world.Cluster.Get<V1Ingress>(ReleaseWorld.Namespace, "payments") is not null => 0,
        ({ } route, _) => (from rule in route.Spec!.Rules! where rule.BackendRefs is { Count: 2 } select Percent(rule.BackendRefs![0].Weight ?? 1, rule.BackendRefs[1].Weight ?? 1)).DefaultIfEmpty(0).Max(),
        (_, { } service) => (from route in service.Spec!.Http! where route.Route is { Count: 2 } select Percent(route.Route![0].Weight ?? 0, route.Route[1].Weight ?? 0)).DefaultIfEmpty(0).Max(),
        _ => null,
    };

    /// <summary>The revision that the stable side asks for: the Service, or the subset of it where the spec names subsets.</summary>
    public string? Stable => Labelled(RouteYaml.StableSubset, RouteYaml.StableService)?.GetValueOrDefault(Revision);

    /// <summary>As <see cref="Stable"/>, for the canary.</summary>
    public string? Canary => Labelled(RouteYaml.CanarySubset, RouteYaml.CanaryService)?.GetValueOrDefault(Revision);

    public int EndpointsOfStable => EndpointsOf(RouteYaml.StableSubset, RouteYaml.StableService);

    public int EndpointsOfCanary => EndpointsOf(RouteYaml.CanarySubset, RouteYaml.CanaryService);

    /// <summary>As the Rollout says, whatever people have made of the route; where it is gone, as the route does.</summary>
    private bool IsBySubsets => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name) is { } rollout
        ? (rollout.Status?.Traffic?.DestinationRule ?? rollout.Spec.Strategy.Canary?.Traffic?.Istio?.DestinationRule?.Name) is not null
        : world.Cluster.Get<V1Beta1VirtualService>(ReleaseWorld.Namespace, "payments")?.Spec?.Http?.Any(route => route.Route?.Any(to => to.Destination?.Subset == RouteYaml.CanarySubset) == true) == true;

    public string? Selected(string service) => world.Cluster.Get<V1Service>(ReleaseWorld.Namespace, service)?.Spec?.Selector?.GetValueOrDefault(Revision);

    public int Endpoints(string service) => world.Cluster.List<V1EndpointSlice>(ReleaseWorld.Namespace, ("kubernetes.io/service-name", service))
        .SelectMany(slice => slice.Endpoints ?? [])
        .Count(endpoint => endpoint.Conditions?.Ready == true);

    private IReadOnlyDictionary<string, string>? Labelled(string subset, string service) => IsBySubsets
        ? world.Cluster.Get<V1Beta1DestinationRule>(ReleaseWorld.Namespace, "payments")?.Spec?.Subsets?.FirstOrDefault(candidate => candidate.Name == subset)?.Labels
        : world.Cluster.Get<V1Service>(ReleaseWorld.Namespace, service)?.Spec?.Selector;

    private int EndpointsOf(string subset, string service)
    {
        if (!IsBySubsets) return Endpoints(service);

        var labels = Labelled(subset, service) ?? new Dictionary<string, string>();
        return world.Cluster.List<V1EndpointSlice>(ReleaseWorld.Namespace, ("kubernetes.io/service-name", RouteYaml.StableService))
            .SelectMany(slice => slice.Endpoints ?? [])
            .Count(endpoint => endpoint.Conditions?.Ready == true && labels.All(label => world.Cluster.Get<V1Pod>(ReleaseWorld.Namespace, endpoint.TargetRef?.Name ?? "")?.Metadata.Label(label.Key) == label.Value));
    }

    private void Note() => moments.Add(new TrafficMoment(world.Cluster.Now, world.Release?.Stage, Weight ?? 0, Stable, Canary));

    private static int Percent(int stable, int canary) => canary == 0 ? 0 : 100 * canary / (stable + canary);

    private static int WeightOf(JsonNode canary) => int.TryParse((string?)canary["metadata"]!["annotations"]?[CanaryWeight], out var weight) ? weight : 0;

    private static int WeightIn(JsonNode route) => (from rule in (route["spec"]!["rules"] ?? route["spec"]!["http"])!.AsArray()
                                                    let backends = (rule!["backendRefs"] ?? rule["route"])!.AsArray()
                                                    where backends.Count == 2
                                                    select Percent((int?)backends[0]!["weight"] ?? 1, (int?)backends[1]!["weight"] ?? 1)).DefaultIfEmpty(0).Max();

    /// <summary>The object without the fields of a name, and without what the API server itself changes with every write.</summary>
    private static string Without(JsonNode item, string field)
    {
        var copy = item.DeepClone();
        foreach (var own in (string[])["managedFields", "resourceVersion", "generation"]) copy["metadata"]!.AsObject().Remove(own);
        Remove(copy, field);
        return copy.ToJsonString();
    }

    private static void Remove(JsonNode? node, string field)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list) Remove(item, field);
        }

        if (node is not JsonObject members) return;

        members.Remove(field);
        foreach (var (_, value) in members) Remove(value, field);

        // No labels at all, or none besides the revision.
        if (members["labels"] is JsonObject { Count: 0 }) members.Remove("labels");
    }
}
