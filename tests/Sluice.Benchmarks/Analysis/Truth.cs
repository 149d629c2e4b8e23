namespace Sluice.Benchmarks.Analysis;

/// <summary>What is to become of a canary.</summary>
internal enum Truth
{
    /// <summary>As good as stable: it is not to be rolled back more often than α.</summary>
    AsGoodAsStable,

    /// <summary>Above max, from the beginning or from some time on: it is not to be promoted.</summary>
    AboveMax,

    /// <summary>Worse than stable, and within max all the same: both are honest, and nothing is promised.</summary>
    WorseWithinMax,

    /// <summary>Every request fails: rolled back at the first look, where there is traffic enough.</summary>
    Dead,
}
