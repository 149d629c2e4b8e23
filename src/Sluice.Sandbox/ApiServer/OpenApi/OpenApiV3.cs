using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

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
        var schemas = new OpenApiSchemas(group, version);
        var paths = new JsonObject();
        foreach (var kind in kinds)
        {
            schemas.Add(kind);
            OpenApiPaths.Add(paths, group, version, kind, schemas);
        }

        var isCustom = kinds.Any(kind => kind.Schema is not null);
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = isCustom
                ? new JsonObject { ["title"] = "Kubernetes CRD Swagger", ["version"] = "v0.1.0" }
                : new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.36.0" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.Write() },
        };
    }
}
