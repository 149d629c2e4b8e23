namespace Sluice.Kubernetes.Client;

/// <summary>Whom to act as; the API server must allow the caller's own identity to.</summary>
public sealed record Impersonation
{
    public required string User { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public string? Uid { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The headers that say so, as the API server reads them.</summary>
    internal IEnumerable<(string Name, string Value)> Headers()
    {
        yield return ("Impersonate-User", User);
        foreach (var group in Groups)
            yield return ("Impersonate-Group", group);

        if (Uid is not null)
            yield return ("Impersonate-Uid", Uid);

        foreach (var (key, values) in Extra)
        {
            foreach (var value in values)
                yield return ($"Impersonate-Extra-{Uri.EscapeDataString(key)}", value);
        }
    }
}
