using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>A kind that a published OpenAPI document describes.</summary>
internal sealed record OpenApiKind
{
    public required string Kind { get; init; }

    /// <summary>The resource's name in paths, such as <c>widgets</c>.</summary>
    public required string Plural { get; init; }

    public required bool Namespaced { get; init; }

    /// <summary>The CustomResourceDefinition's <c>openAPIV3Schema</c>; null for a built-in kind, whose fields are known.</summary>
    public JsonObject? Schema { get; init; }

    /// <summary>Subresources that take writes, such as <c>status</c> and <c>scale</c>.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];
}
