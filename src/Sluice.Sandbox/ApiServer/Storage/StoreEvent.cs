namespace Sluice.Sandbox.ApiServer.Storage;

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One committed write. Of a deletion, <see cref="After"/> is the last state under the deletion's own version.</summary>
internal sealed record StoreEvent(WatchEventType Type, StoredObject? Before, StoredObject After)
{
    public long ResourceVersion => After.ResourceVersion;
}
