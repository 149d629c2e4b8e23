using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Who applies, and how.</summary>
internal sealed record ApplyOptions
{
    /// <summary>The field manager of the request; fields are owned in its name.</summary>
    public required string Manager { get; init; }

    /// <summary>Take fields from other managers instead of reporting conflicts.</summary>
    public bool Force { get; init; }

    /// <summary>The <c>group/version</c> (<c>v1</c> for core) of the request.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The subresource written to, such as <c>status</c>; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>
    /// Top-level fields that the endpoint ignores, such as <c>status</c> where it is a subresource: they are neither merged nor owned.
    /// </summary>
    public IReadOnlyList<string> IgnoredFields { get; init; } = [];

    /// <summary>Says how lists and maps merge; without it every list is atomic and every map granular.</summary>
    public StructuralSchema? Schema { get; init; }

    /// <summary>The time that changed ownership entries receive.</summary>
    public required DateTimeOffset Now { get; init; }
}
