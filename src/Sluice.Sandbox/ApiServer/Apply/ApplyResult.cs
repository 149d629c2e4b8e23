using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>What an apply request comes to.</summary>
internal abstract record ApplyResult
{
    private ApplyResult()
    {
    }

    /// <summary>The object to store, its <c>metadata.managedFields</c> included; not yet defaulted or validated.</summary>
    public sealed record Merged(JsonObject Object) : ApplyResult;

    /// <summary>Other managers own fields that the request would change: 409 with reason Conflict.</summary>
    /// <param name="Message">The Status message.</param>
    /// <param name="Causes">One <c>FieldManagerConflict</c> for each field.</param>
    public sealed record Conflicting(string Message, IReadOnlyList<FieldError> Causes) : ApplyResult;

    /// <summary>The request is not an apply configuration: 400 with reason BadRequest.</summary>
    public sealed record BadRequest(string Message) : ApplyResult;

    /// <summary>The configuration does not fit the schema: the message of a 500 with an empty reason, as the real server answers.</summary>
    public sealed record Failed(string Message) : ApplyResult;
}
