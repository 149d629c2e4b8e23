using Sluice.Engine.Observed;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>Finds the name of a revision: that of a Release with the same content, else its hash.</summary>
internal static class RevisionNames
{
    /// <summary>
    /// Compares by content with every recorded Release, newest first, so that a new way of hashing (a new operator) or of writing the same thing
    /// (a default that the API server adds) starts no release.
    /// </summary>
    public static string Resolve(Revision wanted, Snapshot snapshot)
    {
        foreach (var release in snapshot.Releases.Reverse())
        {
            if (release.Spec.Revision == wanted.Name || IsSame(wanted, PlanSource.Of(release, snapshot.Rollout))) return release.Spec.Revision;
        }

        return wanted.Name;
    }

    // A Release that nests too deep was written by somebody else: nothing that is released does.
    private static bool IsSame(Revision wanted, PlanSource recorded) => !recorded.FieldsTooDeep().Any() && wanted.IsSameAs(Revision.Of(recorded));
}
