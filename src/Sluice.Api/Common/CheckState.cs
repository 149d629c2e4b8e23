namespace Sluice.Api;

/// <summary>Where a check is. The first value is what a status without one reads as: never a success.</summary>
public enum CheckState
{
    /// <summary>Its Job was not seen yet.</summary>
    Pending,

    /// <summary>Its Job exists.</summary>
    Running,

    /// <summary>Its Job has completed.</summary>
    Succeeded,

    /// <summary>Its Job has failed, or was refused by the API server.</summary>
    Failed,

    /// <summary>It ran into the timeout.</summary>
    TimedOut,

    /// <summary>Its pod was taken away before its end.</summary>
    Disrupted,

    /// <summary>Its Job was deleted before its end was seen: nobody knows what it would have said.</summary>
    Lost,

    /// <summary>It was ended because nothing depended on it any more.</summary>
    Canceled,
}
