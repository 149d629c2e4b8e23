using System.Globalization;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.VirtualTime;

namespace Sluice.Simulation.World;

/// <summary>A history in lines that a person can read: what people did, which fault struck, and what the operator wrote, each with its time.</summary>
internal sealed class HistoryLog(VirtualCluster cluster)
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    public void Say(string text) => lines.Add(string.Create(CultureInfo.InvariantCulture, $"{cluster.Now:HH:mm:ss.fff} {text}"));

    /// <summary>Notes a write of an operator; those of others go unmentioned.</summary>
    public void Note(CommittedWrite write)
    {
        if (!write.UserAgent.StartsWith("sluice", StringComparison.Ordinal)) return;

        var status = write.After["status"];
        var what = write.Resource switch
        {
            "rollouts" => $"{(string?)status?["release"]?["name"]} {(string?)status?["release"]?["stage"]} {(string?)status?["release"]?["step"]?["summary"]} {(string?)status?["phase"]}: {(string?)status?["message"]}",
            "replicasets" => $"{(int?)write.Before?["spec"]?["replicas"]} → {(int?)write.After["spec"]?["replicas"]}",
            _ => $"{(string?)status?["state"]}{(string?)status?["outcome"]}{(string?)write.After["spec"]?["holderIdentity"]}",
        };
        Say($"  {write.UserAgent} {write.Verb} {write.Resource} {write.Name}: {what}");
    }
}
