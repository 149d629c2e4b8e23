using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Simulation.Fuzzing;

/// <summary>How much is wrong with a spec.</summary>
internal enum Spoilt
{
    /// <summary>Nothing that the schema could see.</summary>
    No,

    /// <summary>A thing or two.</summary>
    Nearly,

    /// <summary>It is meant badly.</summary>
    Badly,
}

/// <summary>One spec for each seed; the same one every time.</summary>
internal static class FuzzedSpecs
{
    public static (JsonObject Spec, Spoilt Spoilt) Draw(int seed)
    {
        var random = new Random(seed);
        var spec = JsonNode.Parse(new SchemaSamples(random, tame: random.Next(3) > 0).Spec().ToJsonString())!.AsObject();
        var spoilt = random.Next(4) switch { 0 or 1 => Spoilt.No, 2 => Spoilt.Nearly, _ => Spoilt.Badly };
        var mutations = new SpecMutations(random);
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            if (spoilt == Spoilt.Nearly) mutations.Nearly(spec);
            else if (spoilt == Spoilt.Badly) mutations.Badly(spec);
        }

        return (spec, spoilt);
    }

    /// <summary>How many seeds a run takes, and from which on: <c>SLUICE_FUZZ_RUNS</c> and <c>SLUICE_FUZZ_SEED</c>.</summary>
    public static IEnumerable<int> Seeds(int otherwise) =>
        Enumerable.Range(Setting("SLUICE_FUZZ_SEED", 1), Setting("SLUICE_FUZZ_RUNS", otherwise));

    private static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
