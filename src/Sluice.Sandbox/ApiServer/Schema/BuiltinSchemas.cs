namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>The schemas of the kinds that Kubernetes itself defines.</summary>
internal static class BuiltinSchemas
{
    /// <summary>The schema of a built-in kind; null when the kind is not one of those known.</summary>
    /// <param name="group">The API group; empty for core.</param>
    /// <param name="version">The version, such as <c>v1</c>.</param>
    /// <param name="kind">The kind, such as <c>Deployment</c>.</param>
    public static StructuralSchema? Find(string group, string version, string kind) => null;
}
