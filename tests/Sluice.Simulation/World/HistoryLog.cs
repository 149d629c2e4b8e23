using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Simulation.World;

/// <summary>
/// A history in lines that a person can read, each with its time: what people did, which fault struck, and for each reconcile of an operator that wrote, what it
/// had seen, decided and written.
/// </summary>
internal sealed class HistoryLog(ReleaseWorld world)
{
    private readonly List<string> lines = [];
    private Look? told;

    public IReadOnlyList<string> Lines => lines;

    /// <summary>Nothing is noted: of histories that are run by the thousand nobody reads the lines.</summary>
    public bool IsSilent { get; init; }

    public void Say(string text)
    {
        if (!IsSilent) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{world.Cluster.Now:HH:mm:ss.fff} {text}"));
    }

    /// <summary>Notes a write of an operator; those of others go unmentioned.</summary>
    public void Note(CommittedWrite write)
    {
        if (IsSilent || !write.UserAgent.StartsWith("sluice", StringComparison.Ordinal)) return;

        if (world.PresentLook is { } look && look != told && look.Operator == write.UserAgent)
        {
            told = look;
            Say($"  {look.Operator} {LookText.Of(world, look)}");
        }

        Say($"    {Decided(write)}: {write.UserAgent} {write.Verb} {write.Resource} {write.Name} {WhatOf(write)}");
    }

    /// <summary>A transition changes where the release stands, a report says how it goes; everything else is an effect.</summary>
    private static string Decided(CommittedWrite write) => write.Resource switch
    {
        "rollouts" => Where(write.Before) == Where(write.After) ? "reports" : $"decides {Where(write.Before)} → {Where(write.After)}",
        _ when write.Subresource == "status" => "records",
        _ => "effect",
    };

    private static string Where(JsonObject? rollout) => rollout?["status"]?["release"] is { } release
        ? $"{(string?)release["name"]} {(string?)release["stage"]} {(string?)release["step"]?["summary"]} {(string?)release["verdict"]}".TrimEnd()
        : "idle";

    private static string WhatOf(CommittedWrite write)
    {
        var status = write.After["status"];
        return write.Resource switch
        {
            "rollouts" => $"{(string?)status?["phase"]}: {(string?)status?["message"]}",
            "services" => $"→ {(string?)write.After["spec"]?["selector"]?["sluice.dev/revision"] ?? "no revision"}",
            "destinationrules" => $"→ {string.Join(", ", (write.After["spec"]?["subsets"]?.AsArray() ?? []).Select(subset => $"{(string?)subset!["name"]} {(string?)subset["labels"]?["sluice.dev/revision"] ?? "no revision"}"))}",
            "replicasets" => $"{(int?)write.Before?["spec"]?["replicas"]} → {(int?)write.After["spec"]?["replicas"]}",
            _ => $"{(string?)status?["state"]}{(string?)status?["outcome"]}{(string?)write.After["spec"]?["holderIdentity"]}",
        };
    }
}
