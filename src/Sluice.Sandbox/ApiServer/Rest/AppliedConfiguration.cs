using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The body of an apply: YAML or JSON, of the very kind that the path names. What does not fit the schema is told by the merge.</summary>
internal static class AppliedConfiguration
{
    /// <exception cref="StatusException">400 where it cannot be read, 500 where it does not fit the schema, as a real server answers.</exception>
    public static JsonObject Read(RestRequest rest)
    {
        var applied = Parse(rest);
        var type = rest.Type;
        if (applied.String("apiVersion") != type.ApiVersion || applied.String("kind") != type.Kind)
        {
            throw ApiStatus.BadRequest($"invalid object type: {ConfigurationCheck.GroupVersion(applied.String("apiVersion") ?? "")}, Kind={applied.String("kind")}").ToException();
        }

        // The configuration is merged as it is, and only what comes out is read as the kind: its own misfits are the merge's to tell.
        if (ConfigurationCheck.FirstProblem(applied, type.Schema) is { } problem) throw new ApiStatus(500, null, problem) { HasDetails = false }.ToException();
        // Values are compared as they were written, even where a kind would write them otherwise.
        if (ObjectDecoder.Undecodable(type, applied.Copy()) is { } why) throw ObjectDecoder.CannotBeHandled(type, why);
        if (type.IsCustom) applied.Metadata().DropNulls();
        else applied.DropNulls();
        return applied;
    }

    private static JsonObject Parse(RestRequest rest)
    {
        var strict = rest.FieldValidation == FieldValidation.Strict;
        try
        {
            var parsed = BodyReader.Parse(rest.Api.Body, yaml: true, rest.DuplicateFields) ?? new JsonObject();
            if (strict && rest.DuplicateFields is [var first, ..])
            {
                var key = first[(first.LastIndexOf('.') + 1)..];
                throw new FormatException($"error converting YAML to JSON: yaml: unmarshal errors:\n  key {Names.Quote(key)} already set in map");
            }

            // The body is read as YAML and written as JSON before it is read: a double that is whole arrives as an integer.
            GoNumbers.Settle(parsed);
            return parsed as JsonObject ?? throw new FormatException("error converting YAML to JSON: json: cannot unmarshal into Go value of type map[string]interface {}");
        }
        catch (FormatException failure)
        {
            throw ApiStatus.BadRequest($"error {(strict ? "strict " : "")}decoding YAML: {failure.Message}").ToException();
        }
    }
}
