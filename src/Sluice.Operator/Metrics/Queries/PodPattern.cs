using Sluice.Engine.Plans;

namespace Sluice.Operator.Metrics.Queries;

/// <summary>
/// Regular expressions of the pods of a revision, by the name of their ReplicaSet so that departed pods still count. PromQL anchors them.
/// The last part of a pod's name holds no hyphen: so <c>payments-6f-…</c> never takes in the pods of a Rollout <c>payments-6f</c>,
/// which are named <c>payments-6f-&lt;revision&gt;-…</c>. Dots are written <c>[.]</c>, which needs no escape in any kind of quotes.
/// </summary>
internal static class PodPattern
{
    /// <summary>A ReplicaSet's name leaves room for the hyphen and the five characters that the API server adds: it is never cut.</summary>
    public static string Of(string rollout, string revision) => ObjectNames.ReplicaSet(rollout, revision).Replace(".", "[.]", StringComparison.Ordinal) + "-[^-]+";

    public static string OfEither(string rollout, string revision, string? other) =>
        other is null || other == revision ? Of(rollout, revision) : $"{Of(rollout, revision)}|{Of(rollout, other)}";
}
