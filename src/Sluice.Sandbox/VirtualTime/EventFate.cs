namespace Sluice.Sandbox.VirtualTime;

/// <summary>What becomes of one watch event.</summary>
public enum EventFate
{
    Arrives,
    ArrivesTwice,

    /// <summary>It does not arrive. The object stays as it was known until its next event, or until the loss is repaired.</summary>
    IsLost,
}
