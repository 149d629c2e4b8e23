namespace Sluice.Simulation.Randomised;

/// <summary>
/// The disturbances of one history. Some histories concentrate on one family, some mix a few, some take everything: what needs two coincidences of one kind is
/// found sooner where nothing else happens.
/// </summary>
internal sealed record DisturbancePlan(string Profile, IReadOnlyList<Disturbance> Disturbances)
{
    private const int MostOfFeatures = 6;

    private static readonly IReadOnlyList<DisturbanceKind> Kinds =
        [.. SpecActs.Kinds, .. DecisionActs.Kinds, .. MeddlingActs.Kinds, .. PodFaults.Kinds, .. OperatorFaults.Kinds, .. ClockFaults.Kinds, .. CallFaults.Kinds, .. CacheFaults.Kinds, .. MetricFaults.Kinds];

    public static DisturbancePlan Draw(int seed)
    {
        var weights = Families(Disturbance.Of(seed, "profile"));
        var features = Features.Draw(seed);
        var kinds = FeatureActs.Of(features);
        var count = Count(Disturbance.Of(seed, "count")) * (kinds.Count > 0 ? 2 : 3) / 3;
        var at = TimeSpan.Zero;
        var all = new List<Disturbance>();
        for (var number = 1; number <= count; number++)
        {
            var draws = Disturbance.Of(seed, $"kind/{number}");
            at += TimeSpan.FromSeconds(Math.Round(Math.Pow(10, draws.NextDouble() * 2.2), 1));
            all.Add(new Disturbance(seed, number, at, Pick(draws, weights)));
        }

        var among = Among(seed, kinds, count, at);
        return new DisturbancePlan($"{features}; {string.Join(", ", weights.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))}", [.. all.Concat(among).OrderBy(disturbance => disturbance.At)]);
    }

    /// <summary>What happens to the history's features, among everything else.</summary>
    private static IEnumerable<Disturbance> Among(int seed, IReadOnlyList<DisturbanceKind> kinds, int count, TimeSpan until)
    {
        for (var number = count + 1; kinds.Count > 0 && number <= count + MostOfFeatures; number++)
        {
            var draws = Disturbance.Of(seed, $"kind/{number}");
            var at = TimeSpan.FromSeconds(Math.Round(draws.NextDouble() * until.TotalSeconds, 1));
            yield return new Disturbance(seed, number, at, Pick(draws, kinds, kind => kind.Weight));
        }
    }

    /// <summary>A third of the histories are long ones. What a history costs is what happens in it, and another plan with other faults finds more than the same one for longer.</summary>
    private static int Count(Random draws) => draws.Next(3) == 0 ? draws.Next(25, 70) : draws.Next(8, 25);

    private static Dictionary<DisturbanceFamily, int> Families(Random draws)
    {
        var faults = Enum.GetValues<DisturbanceFamily>().Where(family => family is not (DisturbanceFamily.Spec or DisturbanceFamily.Features)).ToList();
        var weights = new Dictionary<DisturbanceFamily, int> { [DisturbanceFamily.Spec] = 3 };
        switch (draws.Next(4))
        {
            case 0:
                weights[faults[draws.Next(faults.Count)]] = 6;
                break;
            case 1:
                foreach (var family in faults) weights[family] = 1 + draws.Next(2);
                break;
            default:
                foreach (var family in faults.Where(_ => draws.Next(3) == 0)) weights[family] = 1 + draws.Next(4);
                break;
        }

        return weights;
    }

    private static DisturbanceKind Pick(Random draws, Dictionary<DisturbanceFamily, int> weights)
    {
        var family = Pick(draws, [.. weights.OrderBy(pair => pair.Key)], pair => pair.Value).Key;
        return Pick(draws, [.. Kinds.Where(kind => kind.Family == family)], kind => kind.Weight);
    }

    private static T Pick<T>(Random draws, IReadOnlyList<T> choices, Func<T, int> weight)
    {
        var left = draws.Next(choices.Sum(weight));
        foreach (var choice in choices)
        {
            left -= weight(choice);
            if (left < 0) return choice;
        }

        throw new System.Diagnostics.UnreachableException();
    }
}
