namespace Sluice.Engine.Analysis;

/// <summary>Sums and means of numbers that are kept as their natural logarithms: the products of the evidence leave the range of a double within minutes.</summary>
internal static class LogSum
{
    /// <summary>ln Σ exp(xᵢ); −∞ of nothing. The largest term is factored out, so that nothing overflows.</summary>
    public static double Sum(ReadOnlySpan<double> logs)
    {
        var largest = double.NegativeInfinity;
        foreach (var log in logs) largest = Math.Max(largest, log);
        if (double.IsInfinity(largest)) return largest;

        var sum = 0.0;
        foreach (var log in logs) sum += Math.Exp(log - largest);
        return largest + Math.Log(sum);
    }

    /// <summary>ln of the mean of exp(xᵢ).</summary>
    public static double Mean(ReadOnlySpan<double> logs) => Sum(logs) - Math.Log(logs.Length);

    /// <summary>count · log, where no count is no contribution even if the logarithm is infinite.</summary>
    public static double Times(double count, double log) => count == 0 ? 0 : count * log;
}
