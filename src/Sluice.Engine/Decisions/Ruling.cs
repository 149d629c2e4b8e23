using Sluice.Api;

namespace Sluice.Engine.Decisions;

/// <summary>What becomes of a Decision.</summary>
internal abstract record Ruling
{
    private Ruling()
    {
    }

    public static Ruling Refused(string message) => new Declined(DecisionState.Refused, message);

    public static Ruling Late(string message) => new Declined(DecisionState.Late, message);

    public static Ruling Superseded(string message) => new Declined(DecisionState.Superseded, message);

    /// <summary>It is applied: by this change of the status, in which its answer is recorded too.</summary>
    public sealed record Applied(Decision.Transition Transition, string Message) : Ruling;

    /// <summary>Nothing follows from it but its answer.</summary>
    public sealed record Declined(DecisionState State, string Message) : Ruling;
}
