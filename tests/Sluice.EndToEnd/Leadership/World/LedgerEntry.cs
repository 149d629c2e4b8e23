using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>A write that reached the API server, as seen there.</summary>
/// <param name="Writer">Which operator sent it.</param>
/// <param name="ArrivedAt">When it had arrived in full.</param>
/// <param name="AnsweredAt">When the server had answered.</param>
/// <param name="Method">The HTTP verb.</param>
/// <param name="Path">Without the query.</param>
/// <param name="IsDryRun">Nothing is stored of it.</param>
/// <param name="Code">Of the answer.</param>
/// <param name="Sent">Its body.</param>
/// <param name="Answer">The answer's body.</param>
internal sealed record LedgerEntry(
    string Writer, TimeSpan ArrivedAt, TimeSpan AnsweredAt, string Method, string Path, bool IsDryRun, int Code, JsonObject? Sent, JsonObject? Answer)
{
    private const string OperatorLease = "/leases/sluice-operator";

    /// <summary>The version that the write made; null where the answer has none.</summary>
    public long? Version => long.TryParse((string?)Answer?["metadata"]?["resourceVersion"], CultureInfo.InvariantCulture, out var version) ? version : null;

    /// <summary>Whether it changed anything that is stored.</summary>
    public bool HasEffect => Code is >= 200 and < 300 && !IsDryRun && (Method is "POST" or "DELETE" || (string?)Answer?["metadata"]?["resourceVersion"] != Fence);

    /// <summary>About the lease by which operators agree who leads.</summary>
    public bool IsElection => Path.EndsWith(OperatorLease, StringComparison.Ordinal)
        || (Method == "POST" && Path.EndsWith("/leases", StringComparison.Ordinal) && Name == "sluice-operator");

    /// <summary>Events explain; nothing rests on them.</summary>
    public bool IsEvent => Path.Contains("/events", StringComparison.Ordinal);

    public string? Name => (string?)Sent?["metadata"]?["name"];

    public string? Holder => (string?)Sent?["spec"]?["holderIdentity"];

    public int LeaseSeconds => (int?)Sent?["spec"]?["leaseDurationSeconds"] ?? 0;

    /// <summary>What makes the server refuse it if the world is another than its sender saw; null when nothing does.</summary>
    public string? Fence => Method switch
    {
        "POST" => Name,
        "DELETE" => (string?)Sent?["preconditions"]?["resourceVersion"] ?? (string?)Sent?["preconditions"]?["uid"],
        _ => (string?)Sent?["metadata"]?["resourceVersion"],
    };

    public override string ToString() =>
        $"{ArrivedAt.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s {Writer}: {Method} {Path} {Name} -> {Code} (version {Version?.ToString(CultureInfo.InvariantCulture) ?? "none"})";
}
