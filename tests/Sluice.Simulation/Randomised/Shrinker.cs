namespace Sluice.Simulation.Randomised;

/// <summary>Finds a small part of a list that still fails: delta debugging by taking parts away (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).</summary>
internal static class Shrinker
{
    /// <summary>A sublist that fails, of which no single item can be left out, unless <paramref name="mostRuns"/> ends the search before.</summary>
    /// <param name="all">What fails as a whole.</param>
    /// <param name="fails">Whether a sublist fails in the same way.</param>
    /// <param name="mostRuns">How often <paramref name="fails"/> is asked at most.</param>
    public static IReadOnlyList<T> Minimise<T>(IReadOnlyList<T> all, Func<IReadOnlyList<T>, bool> fails, int mostRuns)
    {
        var kept = all.ToList();
        var runs = 0;
        for (var length = kept.Count; length > 0 && runs < mostRuns;)
        {
            var before = kept.Count;
            for (var start = 0; start < kept.Count && runs < mostRuns;)
            {
                List<T> rest = [.. kept.Take(start), .. kept.Skip(start + length)];
                runs++;
                if (fails(rest)) kept = rest;
                else start += length;
            }

            // At single items it goes on until a whole round takes none away: what one needed may be gone by now.
            if (length > 1) length = Math.Min(length / 2, Math.Max(1, kept.Count));
            else if (kept.Count == before) break;
        }

        return kept;
    }
}
