using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>
/// Deterministic names of what the operator creates, within the 63 characters of a label value. A name that would be longer keeps as much of its
/// first part as fits, and five hexadecimal digits of its hash, so that two long names that begin alike stay apart.
/// </summary>
public static class ObjectNames
{
    public const int MaxLength = 63;

    /// <summary>A pod's name adds a hyphen and five characters to its ReplicaSet's, and must stay within 63 too.</summary>
    private const int PodSuffixLength = 6;

    public static string Release(string rollout, long number) => Join(rollout, $"{number}", MaxLength);

    public static string ReplicaSet(string rollout, string revision) => Join(rollout, revision, MaxLength - PodSuffixLength);

    public static string Migration(string release, MigrationPhase phase) => Join(release, NameOf(phase), MaxLength);

    /// <summary>A contract that is owed by an earlier release, while a later one is promoted: each try is a Migration of its own.</summary>
    /// <param name="release">Name of the Release that owes it.</param>
    /// <param name="promoted">Number of the release that is promoted.</param>
    public static string OwedContract(string release, int promoted) => Join(release, $"{NameOf(MigrationPhase.Contract)}-in-{promoted}", MaxLength);

    /// <summary>A contract or an undo that failed, and that a person has asked for again.</summary>
    /// <param name="release">Name of the Release whose migration it is.</param>
    /// <param name="phase">Its phase.</param>
    /// <param name="retry">How often it was asked for again, this time included.</param>
    public static string Retried(string release, MigrationPhase phase, int retry) => Join(release, $"{NameOf(phase)}-retry-{retry}", MaxLength);

    /// <summary>What is kept of a contract that was owed and is not run any more.</summary>
    public static string DroppedContract(string release) => Join(release, $"{NameOf(MigrationPhase.Contract)}-dropped", MaxLength);

    /// <summary>As it stands in names and labels.</summary>
    public static string NameOf(MigrationPhase phase) => phase.ToString().ToLowerInvariant();

    /// <summary>The number at the end of a Release's name; 0 where there is none.</summary>
    public static int NumberIn(string releaseName) => int.TryParse(releaseName.AsSpan(releaseName.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A Job's pods add a suffix as a ReplicaSet's do.</summary>
    public static string MigrationJob(string rollout, string phase, string hash, int epoch, int attempt, bool verify) =>
        Join(rollout, $"{phase}-{hash}-{epoch}-{attempt}{(verify ? "-verify" : "")}", MaxLength - PodSuffixLength);

    /// <summary>The Job of a check. The release's beginning is a part of it: a release whose number was given before, to one that is forgotten, does not take its Jobs for its own.</summary>
    /// <param name="release">Name of the Release.</param>
    /// <param name="begun">When the release began.</param>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="check">Name of the check.</param>
    public static string CheckJob(string release, DateTimeOffset? begun, int step, string check) =>
        Join(release, $"check-{step}-{check}-{Digest($"{begun?.ToUnixTimeSeconds()}")}", MaxLength - PodSuffixLength);

    /// <summary>The canary Ingress that a Rollout has at most one of.</summary>
    public static string CanaryIngress(string rollout) => Join(rollout, "canary", MaxLength);

    /// <summary>A Lease is no label value: the whole name of the lock fits.</summary>
    public static string LockLease(string lockName) => $"sluice-lock-{lockName}";

    private static string Join(string first, string rest, int limit)
    {
        var whole = $"{first}-{rest}";
        if (whole.Length <= limit) return whole;

        var digest = Digest(first);
        var room = limit - rest.Length - digest.Length - 2;
        return room > 0 ? $"{first[..room].TrimEnd('-', '.')}-{digest}-{rest}" : $"{digest}-{rest}"[..limit].TrimEnd('-');
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..5];
}
