namespace Sluice.Simulation.World.Promises;

/// <summary>States what was promised and, where it is not kept, what was seen instead.</summary>
internal static class Promise
{
    /// <summary>The text of what was seen is only made where the promise is broken.</summary>
    /// <exception cref="PromiseBrokenException">It is not kept.</exception>
    public static void Keep(bool isKept, string promised, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument(nameof(isKept))] ref Seen seen)
    {
        if (!isKept) throw new PromiseBrokenException($"{promised}: {seen.ToString()}");
    }

    public static void Keep(bool isKept, string promised)
    {
        if (!isKept) throw new PromiseBrokenException(promised);
    }
}
