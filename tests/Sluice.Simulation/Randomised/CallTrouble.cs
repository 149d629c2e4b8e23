using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>What befalls some of the operators' calls for a while.</summary>
/// <param name="Number">Of the disturbance.</param>
/// <param name="Until">When it is over.</param>
/// <param name="Calls">How many calls it strikes at most.</param>
/// <param name="Rate">How likely it strikes a call that it can strike.</param>
/// <param name="Faults">What it may be; none where others come in between instead.</param>
/// <param name="WritesOnly">Whether reads are spared.</param>
/// <param name="Draws">Its own draws.</param>
internal sealed record CallTrouble(int Number, DateTimeOffset Until, int Calls, double Rate, IReadOnlyList<ConnectionFault> Faults, bool WritesOnly, Random Draws)
{
    private int left = Calls;

    /// <summary>What befalls this call; null where it is spared.</summary>
    public ConnectionFault? Strike(HttpRequestMessage request, DateTimeOffset now)
    {
        if (Faults.Count == 0 || !Concerns(request, now)) return null;

        var fault = Faults[Draws.Next(Faults.Count)];
        if (!FaultyConnection.CanStrike(fault, request)) return null;

        left--;
        return fault;
    }

    /// <summary>Whether others come in before this call.</summary>
    public bool LetsOthersIn(HttpRequestMessage request, DateTimeOffset now) => Faults.Count == 0 && Concerns(request, now);

    private bool Concerns(HttpRequestMessage request, DateTimeOffset now) =>
        left > 0 && now < Until && !(WritesOnly && request.Method == HttpMethod.Get) && Draws.NextDouble() < Rate;
}
