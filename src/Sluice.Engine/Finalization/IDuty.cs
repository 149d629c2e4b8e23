namespace Sluice.Engine.Finalization;

/// <summary>Something outside of a Rollout's own objects that must be put in order before the Rollout may go.</summary>
internal interface IDuty
{
    /// <summary>There is something to be put in order, or the next effects bring it about. At other times nothing holds the Rollout, whose deletion then needs no operator.</summary>
    bool IsOwed { get; }

    /// <summary>While the Rollout is being deleted: everything is in order.</summary>
    bool IsDone { get; }

    /// <summary>While it is being deleted: nothing can be done now, as what it waits for has not come about.</summary>
    bool IsWaiting { get; }

    /// <summary>For how long that is waited for, from the deletion on: a Rollout is not held for good by what does not come.</summary>
    TimeSpan Patience { get; }
}
