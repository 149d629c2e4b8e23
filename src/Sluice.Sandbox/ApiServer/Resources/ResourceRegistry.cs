namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>The resources that are served now. <see cref="Generation"/> moves with every change, for caches built on it.</summary>
internal sealed class ResourceRegistry
{
    private readonly Dictionary<(string Group, string Version, string Plural), ResourceType> _types = [];

    public int Generation { get; private set; }

    public IEnumerable<ResourceType> All => _types.Values;

    public ResourceType? Find(string group, string version, string plural) => _types.GetValueOrDefault((group, version, plural));

    public void Add(ResourceType type)
    {
        _types[(type.Group, type.Version, type.Plural)] = type;
        Generation++;
    }

    public void Remove(string group, string plural)
    {
        foreach (var key in _types.Keys.Where(key => key.Group == group && key.Plural == plural).ToList()) _types.Remove(key);
        Generation++;
    }

    /// <summary>Served versions of each group, the preferred one first; the core group is "".</summary>
    public IEnumerable<IGrouping<string, string>> GroupVersions() => _types.Keys
        .Select(key => (key.Group, key.Version))
        .Distinct()
        .OrderBy(pair => pair.Group, StringComparer.Ordinal)
        .ThenBy(pair => pair.Version, VersionPriority.Instance)
        .GroupBy(pair => pair.Group, pair => pair.Version);

    public IReadOnlyList<ResourceType> Of(string group, string version) =>
        [.. _types.Values.Where(type => type.Group == group && type.Version == version).OrderBy(type => type.Plural, StringComparer.Ordinal)];
}
