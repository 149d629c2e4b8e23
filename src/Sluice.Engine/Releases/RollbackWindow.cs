using Sluice.Api;

namespace Sluice.Engine.Releases;

/// <summary>
/// <c>spec.rollbackWindow</c>: a revision that was stable not long ago has had its steps, and comes back without them when somebody needs it back. Its migration,
/// the surge and the availability bounds are those of every release.
/// </summary>
internal static class RollbackWindow
{
    /// <summary>Whether the revision that is to run is among the last so many stable ones before the present one.</summary>
    public static bool Covers(Pass pass) => Revisions(pass).Take(pass.Rollout.Spec.RollbackWindow).Contains(pass.DesiredRevision);

    /// <summary>The strategy that a release which begins now follows.</summary>
    public static RolloutStrategy Strategy(Pass pass)
    {
        var strategy = pass.Rollout.Spec.Strategy;
        return Covers(pass) ? strategy.WithoutSteps() : strategy;
    }

    /// <summary>Every revision that was promoted, but the stable one; the one that was so last comes first.</summary>
    private static IEnumerable<string> Revisions(Pass pass) => pass.Snapshot.Releases
        .Where(release => release.Status?.Outcome == Outcome.Promoted)
        .OrderByDescending(release => release.Spec.Number)
        .Select(release => release.Spec.Revision)
        .Where(revision => revision != pass.StableRevision)
        .Distinct();
}
