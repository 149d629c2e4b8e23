using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Storage;

/// <summary>One version of one object. Nothing changes <see cref="Value"/> after it is stored: writers work on copies.</summary>
internal sealed class StoredObject(JsonObject value, long resourceVersion)
{
    private byte[]? _json;

    public JsonObject Value { get; } = value;

    public long ResourceVersion { get; } = resourceVersion;

    public string Name { get; } = value.Name();

    public string Namespace { get; } = value.Object("metadata").String("namespace") ?? "";

    /// <summary>The object as JSON, written once however many readers and watchers ask.</summary>
    public ReadOnlyMemory<byte> Json => _json ??= Value.ToUtf8Bytes();

    public string? Uid => Value.Object("metadata").String("uid");

    public bool IsDeleting => Value.Object("metadata").Has("deletionTimestamp");
}
