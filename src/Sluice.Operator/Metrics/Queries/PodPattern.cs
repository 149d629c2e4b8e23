namespace Sluice.Operator.Metrics.Queries;

/// <summary>
/// Regular expressions of the pods of a revision, by name prefix so that departed pods still count. PromQL anchors them.
/// The last part of a pod's name holds no hyphen: so <c>payments-6f-…</c> never takes in the pods of a Rollout <c>payments-6f</c>,
/// which are named <c>payments-6f-&lt;revision&gt;-…</c>. Dots are written <c>[.]</c>, which needs no escape in any kind of quotes.
/// </summary>
internal static class PodPattern
{
    /// <summary>The API server cuts the generating name (here the ReplicaSet's and a hyphen) so that five random characters fit into 63.</summary>
    private const int LongestGeneratingName = 58;

    public static string Of(string rollout, string revision)
    {
        var generatingName = $"{rollout}-{revision}-";
        return generatingName.Length <= LongestGeneratingName
            ? EscapeDots(generatingName) + "[^-]+"
            : EscapeDots(generatingName[..LongestGeneratingName]) + "[^-]{5}";
    }

    public static string OfEither(string rollout, string revision, string? other) =>
        other is null || other == revision ? Of(rollout, revision) : $"{Of(rollout, revision)}|{Of(rollout, other)}";

    private static string EscapeDots(string name) => name.Replace(".", "[.]", StringComparison.Ordinal);
}
