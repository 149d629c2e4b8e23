using MathNet.Numerics.Distributions;

namespace Sluice.Engine.Analysis;

/// <summary>
/// How clustered errors are: φ, the ratio of variance to mean of stable's errors per minute (or other bin). 1 for independent errors (Poisson), m for errors that always
/// come m at a time. Counts divided by φ carry about as much information as independent ones (quasi-likelihood: McCullagh and Nelder,
/// Generalized Linear Models, 2nd ed., 4.5 and 9.2).
/// </summary>
/// <param name="Value">φ, at least 1.</param>
/// <param name="IsKnown">Whether it rests on enough history. A known one is fixed for the release; another is estimated again as minutes are added.</param>
public sealed record Dispersion(double Value, bool IsKnown)
{
    /// <summary>What is assumed until enough is known: errors in clusters of geometric size with mean 4 have φ = 7.</summary>
    public static readonly Dispersion Assumed = new(8, IsKnown: false);

    /// <summary>
    /// The most that is believed. More than clusters of 16 are rather an outage that fell into the history than how errors come; and counts divided by hundreds would
    /// neither let a good canary on nor take a dead one back within the hour.
    /// </summary>
    private const double Highest = 32;

    private static readonly TimeSpan Needed = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CleanNeeded = TimeSpan.FromHours(1);

    /// <summary>
    /// The upper 95% bound of φ: ν·(s²/x̄)/χ²₀.₀₅(ν) with ν one less than the bins, at least 1 (for Poisson counts ν·s²/x̄ is about χ² with ν degrees
    /// of freedom: Fisher's index of dispersion), and at most 32. With fewer than ten minutes <see cref="Assumed"/>.
    /// </summary>
    /// <remarks>
    /// Without a single error the ratio is 0/0: nothing is known of clusters except that they are rare, and the rarer they are, the less a wrong φ can do.
    /// An hour without errors is taken for φ = 2, n minutes for 2·60/n, at most what is assumed without history. In simulated releases (an hour long, one request
    /// a second, 0.03% to 0.3% of errors in clusters of mean 4 and 8, as good as stable) φ = 1 there rolls back up to 2.4%, more than the promised 1%;
    /// φ = 2 stays below it; φ = 8 would hold a service of 10 requests a second without any error for more than an hour.
    /// </remarks>
    /// <param name="errorsPerBin">Stable's errors in each bin of the hour before the release, and of the release so far while φ is not known.</param>
    /// <param name="bin">The length of a bin: a minute, or more where the source scrapes too seldom for that.</param>
    public static Dispersion Estimate(IReadOnlyList<double> errorsPerBin, TimeSpan bin)
    {
        var known = errorsPerBin.Count * bin;
        if (known < Needed || errorsPerBin.Count < 2) return Assumed;

        var mean = errorsPerBin.Average();
        if (mean <= 0) return new Dispersion(Math.Clamp(2 * (CleanNeeded / known), 2, Assumed.Value), IsKnown: known >= CleanNeeded);

        var degrees = errorsPerBin.Count - 1;
        var variance = errorsPerBin.Sum(errors => (errors - mean) * (errors - mean)) / degrees;
        return new Dispersion(Math.Clamp(degrees * (variance / mean) / ChiSquared.InvCDF(degrees, 0.05), 1, Highest), IsKnown: true);
    }

    /// <summary><see cref="Estimate(IReadOnlyList{double}, TimeSpan)"/> from whole minutes.</summary>
    public static Dispersion Estimate(IReadOnlyList<double> errorsPerMinute) => Estimate(errorsPerMinute, TimeSpan.FromMinutes(1));
}
