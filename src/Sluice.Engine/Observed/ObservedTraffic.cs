namespace Sluice.Engine.Observed;

/// <summary>The two Services of a Rollout and the route between them, read live.</summary>
public sealed record ObservedTraffic
{
    /// <summary>Null with blue-green, which has none.</summary>
    public ObservedRoute? Route { get; init; }

    public required ObservedService Stable { get; init; }

    public required ObservedService Canary { get; init; }

    /// <summary>Why the traffic cannot be steered, with the name of the object to blame; null when it can.</summary>
    public string? Problem => Route?.Problem ?? Stable.Problem ?? Canary.Problem;

    /// <summary>The share that the canary's Service gets of the traffic, in whole percent; none without a route.</summary>
    public int Weight => Route?.Weight ?? 0;
}

/// <summary>A route, as far as it splits traffic between the two Services.</summary>
public sealed record ObservedRoute
{
    /// <summary>Kind and name, such as <c>HTTPRoute payments</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Fences the write that rests on this observation; null when there is no route.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Missing, or naming the two Services in a way that no weight can be set for; null when it can be used.</summary>
    public string? Problem { get; init; }

    /// <summary>The places in which the route splits traffic between the two Services.</summary>
    public required IReadOnlyList<RouteSplit> Splits { get; init; }

    /// <summary>The largest share that the canary's Service gets in any of them, in whole percent.</summary>
    public int Weight => Splits.Select(split => split.Percent).DefaultIfEmpty(0).Max();
}

/// <summary>One place in which a route splits traffic: the weights of its two backends.</summary>
/// <param name="StablePath">JSON pointer of the stable Service's backend.</param>
/// <param name="Stable">Its weight as it is written; null where it is not.</param>
/// <param name="CanaryPath">JSON pointer of the canary Service's backend.</param>
/// <param name="Canary">As <paramref name="Stable"/>.</param>
public sealed record RouteSplit(string StablePath, int? Stable, string CanaryPath, int? Canary)
{
    /// <summary>Besides the weight it is not as the place that it is made after: it must be written again.</summary>
    public bool IsOutdated { get; init; }

    /// <summary>What a weight that is not written means to this kind of route.</summary>
    public int Unwritten { get; init; } = 1;

    /// <summary>The share of the canary's Service in whole percent; any at all is at least 1, and only all of it is 100.</summary>
    public int Percent => (ToCanary, ToStable) switch
    {
        (0, _) => 0,
        (_, 0) => 100,
        var (canary, stable) => (int)Math.Clamp(100L * canary / (canary + stable), 1, 99),
    };

    private long ToStable => Math.Max(0, Stable ?? Unwritten);

    private long ToCanary => Math.Max(0, Canary ?? Unwritten);

    /// <summary>Whether the canary's Service gets exactly this share, and nothing of the traffic is lost.</summary>
    public bool IsAt(int percent) => !IsOutdated && ToCanary + ToStable > 0 && 100 * ToCanary == percent * (ToCanary + ToStable);
}

/// <summary>A Service and the pods behind it.</summary>
public sealed record ObservedService
{
    public required string Name { get; init; }

    /// <summary>Fences the write that rests on this observation; null when there is no such Service.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Missing, or without a selector; null when it can be used.</summary>
    public string? Problem { get; init; }

    /// <summary>The revision that its selector asks for; null when it asks for none.</summary>
    public string? Revision { get; init; }

    /// <summary>The labels that its selector asks for besides the revision.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the pods that are ready to get its traffic, as its EndpointSlices have it.</summary>
    public required IReadOnlyList<string> ReadyPods { get; init; }

    /// <summary>How many of them are a ReplicaSet's; their names begin with its own.</summary>
    public int ReadyOf(ObservedReplicaSet? set) => set is null ? 0 : ReadyPods.Count(pod => pod.StartsWith($"{set.Name}-", StringComparison.Ordinal));
}
