using MathNet.Numerics.Distributions;

namespace Sluice.Engine.Analysis;

/// <summary>
/// How clustered errors are: φ, the ratio of variance to mean of stable's errors per minute. 1 for independent errors (Poisson); m for errors that always
/// come m at a time. Counts divided by φ carry about the information of independent ones (quasi-likelihood: McCullagh and Nelder,
/// Generalized Linear Models, 2nd ed., 4.5 and 9.2).
/// </summary>
/// <param name="Value">φ, at least 1.</param>
/// <param name="IsKnown">Whether it rests on enough history. A known one is fixed for the release; an assumed one is to be estimated again.</param>
public sealed record Dispersion(double Value, bool IsKnown)
{
    /// <summary>What is assumed until enough is known: errors with a geometric cluster size of mean 4 have φ = 7.</summary>
    public static readonly Dispersion Assumed = new(8, IsKnown: false);

    private const int MinutesNeeded = 10;

    /// <summary>
    /// The upper 95% bound of φ: ν·(s²/x̄)/χ²₀.₀₅(ν), at least 1 (s²/x̄ of Poisson counts times ν is about χ² with ν degrees of freedom: Fisher's dispersion test).
    /// </summary>
    /// <param name="errorsPerMinute">Stable's errors in each whole minute of the hour before the release, and of the release so far while φ is not known.</param>
    public static Dispersion Estimate(IReadOnlyList<double> errorsPerMinute)
    {
        if (errorsPerMinute.Count < MinutesNeeded) return Assumed;

        var mean = errorsPerMinute.Average();
        if (mean <= 0) return new Dispersion(1, IsKnown: true);

        var degrees = errorsPerMinute.Count - 1;
        var variance = errorsPerMinute.Sum(errors => (errors - mean) * (errors - mean)) / degrees;
        return new Dispersion(Math.Max(1, degrees * (variance / mean) / ChiSquared.InvCDF(degrees, 0.05)), IsKnown: true);
    }
}
