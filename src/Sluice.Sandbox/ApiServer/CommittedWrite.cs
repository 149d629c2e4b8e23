using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer;

/// <summary>
/// One committed write, as an observer sees it. Before is null for a creation; After is the new state, of a deletion the last one. Both are shared
/// with the store: read them during the call, never change them. The verb is create, update, patch, apply, delete or deletecollection.
/// </summary>
public sealed record CommittedWrite(
    long ResourceVersion,
    WatchEventType Type,
    string Group,
    string Resource,
    string? Subresource,
    string Namespace,
    string Name,
    JsonObject? Before,
    JsonObject After,
    string Verb,
    string UserAgent)
{
    /// <summary>The new state as JSON, as it is stored.</summary>
    public ReadOnlyMemory<byte> Json => Stored?.Json ?? After.ToUtf8Bytes();

    internal StoredObject? Stored { get; init; }
}
