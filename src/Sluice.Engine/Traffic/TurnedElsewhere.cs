using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Traffic;

/// <summary>
/// Whether a stable Service that is not where it shall be was put there by somebody else: before a promotion it never leaves stable, and after one it is at either of the
/// release's two revisions. Who else turned it did not ask how many pods are there, so it is not left there until they are whole.
/// </summary>
internal static class TurnedElsewhere
{
    public static bool Is(Pass pass, ObservedSide stable) =>
        pass.Status.Release is { PreviousRevision: { } previous } release && (release.Stage < Stage.Soaking || (stable.Revision != release.Revision && stable.Revision != previous));
}
