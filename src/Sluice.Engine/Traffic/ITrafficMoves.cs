namespace Sluice.Engine.Traffic;

/// <summary>The next moves towards where a status wants the traffic: one implementation for each way of leading it.</summary>
internal interface ITrafficMoves
{
    /// <summary>What may be done now, in this order.</summary>
    IReadOnlyList<Effect> Effects { get; }

    /// <summary>Everything is where it shall be.</summary>
    bool IsThere { get; }

    /// <summary>The pods are there, and only the endpoints have not caught up.</summary>
    bool AwaitsEndpoints { get; }
}
