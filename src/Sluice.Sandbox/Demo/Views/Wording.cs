using Sluice.Api;
using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Demo.Views;

/// <summary>Words that both views use.</summary>
internal static class Wording
{
    public static string Of(PodGroup group)
    {
        var parts = new List<string> { $"{group.Available} available" };
        if (group.Starting > 0) parts.Add($"{group.Starting} starting");
        if (group.Terminating > 0) parts.Add($"{group.Terminating} terminating");
        return string.Join(", ", parts);
    }

    public static string NameOf(PodGroup group) => group.Role.Length == 0 ? group.Version : $"{group.Version} ({group.Role})";

    public static string Of(TimelineEntry entry)
    {
        var change = string.IsNullOrEmpty(entry.From) ? $"{entry.To}" : $"{entry.From} → {entry.To}";
        return string.IsNullOrEmpty(entry.Message) ? change : $"{change}: {entry.Message}";
    }

    public static string Rates(MetricView metric)
    {
        var stable = metric.Stable is { } rate ? $", stable {rate} of {Count(metric.StableRequests)}" : "";
        return $"canary {metric.Canary} of {Count(metric.CanaryRequests)}{stable} requests";
    }

    public static string Outcome(Outcome outcome) => outcome switch
    {
        Api.Outcome.Promoted => "promoted",
        Api.Outcome.RolledBack => "rolled back",
        _ => outcome.ToString().ToLowerInvariant(),
    };

    public static string Migration(Migration migration)
    {
        var status = migration.Status;
        return $"{migration.Metadata.Name}: {status?.State?.ToString() ?? "requested"}{(string.IsNullOrEmpty(status?.Message) ? "" : $" ({status.Message})")}";
    }

    private static string Count(double count) => $"{count:#,0}";
}
