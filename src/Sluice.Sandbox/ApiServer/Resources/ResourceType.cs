using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Printing;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>The paths that a scale subresource reads and writes, without the leading dot.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string? Selector);

/// <summary>One resource in one served version: its names, its rules and where its objects are.</summary>
internal sealed record ResourceType
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required bool Namespaced { get; init; }

    public required KindRules Rules { get; init; }

    public required ResourceStore Store { get; init; }

    public string Singular { get; init; } = "";

    public string ListKind { get; init; } = "";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public StructuralSchema? Schema { get; init; }

    /// <summary>The schema as its CustomResourceDefinition holds it, for the OpenAPI document; null for built-in kinds.</summary>
    public JsonObject? PublishedSchema { get; init; }

    public bool IsCustom { get; init; }

    /// <summary>Objects are questions, answered and not stored.</summary>
    public bool IsReview { get; init; }

    public bool HasStatus { get; init; }

    public ScalePaths? Scale { get; init; }

    /// <summary>Subresources with rules of their own, such as pods/log.</summary>
    public IReadOnlyList<string> ExtraSubresources { get; init; } = [];

    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    /// <summary>Fields that a field selector may name besides metadata.name and metadata.namespace, as dotted paths.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>What may be done with the resource; reviews are only created.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    /// <summary>What clients of this version are warned of; null where there is nothing to warn of.</summary>
    public string? DeprecationWarning { get; init; }

    /// <summary>Converts between this version and the stored one; null where they differ by nothing but their name.</summary>
    public ObjectConversion? Conversion { get; init; }

    /// <summary>The version in which objects are written; null where there is only one.</summary>
    public string? StorageApiVersion { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>True where the stored form may not be the form of this version.</summary>
    public bool NeedsConversion => StorageApiVersion is not null;

    private static IReadOnlyList<string> AllVerbs { get; } = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public JsonObject FromStorage(JsonObject stored)
    {
        if (!NeedsConversion || stored.String("apiVersion") == ApiVersion) return stored;
        var converted = Conversion is { } conversion ? conversion.FromStorage(stored) : stored.Copy();
        converted["apiVersion"] = ApiVersion;
        // Conversion changes no more than the version; what this one does not know is not seen in it.
        if (IsCustom) Schema?.Prune(converted);
        return converted;
    }

    public JsonObject ToStorage(JsonObject versioned)
    {
        if (!NeedsConversion || StorageApiVersion == ApiVersion) return versioned;
        var converted = Conversion is { } conversion ? conversion.ToStorage(versioned) : versioned.Copy();
        converted["apiVersion"] = StorageApiVersion;
        return converted;
    }

    /// <summary>A stored object's bytes in this version.</summary>
    public ReadOnlyMemory<byte> Bytes(StoredObject stored)
    {
        var versioned = FromStorage(stored.Value);
        return ReferenceEquals(versioned, stored.Value) ? stored.Json : versioned.ToUtf8Bytes();
    }
}

/// <summary>Two forms of the same object. Neither function changes its argument.</summary>
internal sealed record ObjectConversion(Func<JsonObject, JsonObject> FromStorage, Func<JsonObject, JsonObject> ToStorage);
