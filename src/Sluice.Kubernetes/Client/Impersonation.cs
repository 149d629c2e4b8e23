namespace Sluice.Kubernetes.Client;

/// <summary>
/// Whom to act as; the API server must allow the caller's own identity to. One group and one value for each key at most: they go into headers of the same
/// name, which .NET sends as a single one with a comma, and the API server would take "a, b" for the name of one group.
/// </summary>
public sealed record Impersonation
{
    public required string User { get; init; }

    public string? Group { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <summary>The headers that say so, as the API server reads them.</summary>
    internal IEnumerable<(string Name, string Value)> Headers()
    {
        yield return ("Impersonate-User", User);
        if (Group is not null)
            yield return ("Impersonate-Group", Group);

        if (Uid is not null)
            yield return ("Impersonate-Uid", Uid);

        foreach (var (key, value) in Extra)
            yield return ($"Impersonate-Extra-{Uri.EscapeDataString(key)}", value);
    }
}
