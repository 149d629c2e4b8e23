using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer;

/// <summary>One committed write, as an observer sees it.</summary>
/// <param name="Before">The state that was replaced; null for a creation. Shared with the store: read it during the call, never change it.</param>
/// <param name="After">The new state; for a deletion the last one. Shared with the store likewise.</param>
/// <param name="Verb">create, update, patch, apply, delete or deletecollection.</param>
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
    string UserAgent);
