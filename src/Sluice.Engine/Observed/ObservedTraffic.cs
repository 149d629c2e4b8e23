using Sluice.Engine.Plans;

namespace Sluice.Engine.Observed;

/// <summary>The two sides of a Rollout's traffic and the route between them, read live.</summary>
public sealed record ObservedTraffic
{
    /// <summary>Null with blue-green, which has none.</summary>
    public ObservedRoute? Route { get; init; }

    public required ObservedSide Stable { get; init; }

    public required ObservedSide Canary { get; init; }

    /// <summary>Why the traffic cannot be steered, with the name of the object to blame; null when it can.</summary>
    public string? Problem => Route?.Problem ?? Stable.Problem ?? Canary.Problem ?? Stable.ServiceProblem;

    /// <summary>The share that the canary's side gets of the traffic, in whole percent; none without a route.</summary>
    public int Weight => Route?.Weight ?? 0;
}

/// <summary>A route, as far as it splits traffic between the two sides.</summary>
public sealed record ObservedRoute
{
    /// <summary>Kind and name, such as <c>HTTPRoute payments</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Fences the write that rests on this observation; null when there is no route.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Missing, or naming the two sides in a way that no weight can be set for; null when it can be used.</summary>
    public string? Problem { get; init; }

    /// <summary>The places in which the route splits traffic between the two sides.</summary>
    public required IReadOnlyList<RouteSplit> Splits { get; init; }

    /// <summary>The largest share that the canary's side gets in any of them, in whole percent.</summary>
    public int Weight => Splits.Select(split => split.Percent).DefaultIfEmpty(0).Max();
}

/// <summary>One place in which a route splits traffic: the weights of its two backends.</summary>
/// <param name="StablePath">JSON pointer of the stable side's backend.</param>
/// <param name="Stable">Its weight as it is written; null where it is not.</param>
/// <param name="CanaryPath">JSON pointer of the canary side's backend.</param>
/// <param name="Canary">As <paramref name="Stable"/>.</param>
public sealed record RouteSplit(string StablePath, int? Stable, string CanaryPath, int? Canary)
{
    /// <summary>Besides the weight it is not as the place that it is made after: it must be written again.</summary>
    public bool IsOutdated { get; init; }

    /// <summary>What a weight that is not written means to this kind of route.</summary>
    public int Unwritten { get; init; } = 1;

    /// <summary>The share of the canary's side in whole percent; any at all is at least 1, and only all of it is 100.</summary>
    public int Percent => (ToCanary, ToStable) switch
    {
        (0, _) => 0,
        (_, 0) => 100,
        var (canary, stable) => (int)Math.Clamp(100L * canary / (canary + stable), 1, 99),
    };

    private long ToStable => Math.Max(0, Stable ?? Unwritten);

    private long ToCanary => Math.Max(0, Canary ?? Unwritten);

    /// <summary>Whether the canary's side gets exactly this share, and nothing of the traffic is lost.</summary>
    public bool IsAt(int percent) => !IsOutdated && ToCanary + ToStable > 0 && 100 * ToCanary == percent * (ToCanary + ToStable);
}

/// <summary>A Service, or a subset, and the pods behind it.</summary>
public sealed record ObservedSide
{
    public required TrafficSide Side { get; init; }

    /// <summary>Fences the write that rests on this observation; null when there is no such object.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Missing, or without labels to which a revision could be added; null when it can be used.</summary>
    public string? Problem { get; init; }

    /// <summary>Name of the Service whose endpoints are behind it; null where that is not known.</summary>
    public string? Service { get; init; }

    /// <summary>Why that Service would not lead to the pods of both revisions, as behind subsets it has to; null where it does. The labels of a side can be written all the same.</summary>
    public string? ServiceProblem { get; init; }

    /// <summary>JSON pointer of the labels that it asks of pods.</summary>
    public string LabelsPath { get; init; } = "";

    /// <summary>Whether there is a map of labels, into which the revision can be put.</summary>
    public bool HasLabels { get; init; } = true;

    /// <summary>The revision that it asks for; null when it asks for none.</summary>
    public string? Revision { get; init; }

    /// <summary>The labels that it asks for besides the revision; a subset asks for those of its Service too.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the pods that are ready to get its traffic: those of the Service's EndpointSlices, of a subset those of them that have its labels.</summary>
    public required IReadOnlyList<string> ReadyPods { get; init; }

    /// <summary>How many of them are a ReplicaSet's; their names begin with its own.</summary>
    public int ReadyOf(ObservedReplicaSet? set) => set is null ? 0 : ReadyPods.Count(pod => pod.StartsWith($"{set.Name}-", StringComparison.Ordinal));
}
