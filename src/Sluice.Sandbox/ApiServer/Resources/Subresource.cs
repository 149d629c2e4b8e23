namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>A subresource as discovery lists it; its group and version are null where they are those of its parent.</summary>
internal sealed record Subresource(string Name, string Kind, IReadOnlyList<string> Verbs, string? Group = null, string? Version = null)
{
    private static readonly string[] ReadAndWrite = ["get", "patch", "update"];

    public static IEnumerable<Subresource> Of(ResourceType type)
    {
        foreach (var extra in type.ExtraSubresources)
        {
            yield return extra switch
            {
                "log" => new Subresource(extra, type.Kind, ["get"]),
                "eviction" => new Subresource(extra, "Eviction", ["create"], "policy", "v1"),
                "binding" => new Subresource(extra, "Binding", ["create"]),
                _ => new Subresource(extra, type.Kind, ["update"]),
            };
        }

        if (type.HasStatus) yield return new Subresource("status", type.Kind, ReadAndWrite);
        if (type.Scale is not null) yield return new Subresource("scale", "Scale", ReadAndWrite, "autoscaling", "v1");
    }
}
