using System.Globalization;
using System.Text;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Checks the query parameters that all writes share.</summary>
internal static class WriteOptionsRules
{
    private const int LongestManager = 128;

    /// <param name="api">The request.</param>
    /// <param name="verb">What it does: <c>create</c>, <c>update</c>, <c>patch</c>, <c>apply</c> or a kind of deletion; anything else is no write.</param>
    /// <exception cref="StatusException">422, with a cause for each parameter.</exception>
    public static void Check(ApiRequest api, string verb)
    {
        var options = verb switch
        {
            "create" => "CreateOptions",
            "update" => "UpdateOptions",
            "patch" or "apply" => "PatchOptions",
            "delete" or "deletecollection" => "DeleteOptions",
            _ => null,
        };
        if (options is null) return;
        var errors = new List<FieldError>();
        if (options != "DeleteOptions") errors.AddRange(Managed(api, verb));
        if (api.Parameter("dryRun") is { } dryRun && dryRun != "All") errors.Add(FieldError.NotSupported("dryRun", $"[{Names.Quote(dryRun)}]", ["\"All\""]));
        if (options != "DeleteOptions" && api.Parameter("fieldValidation") is { } validation && validation is not ("Ignore" or "Strict" or "Warn"))
        {
            errors.Add(FieldError.NotSupported("fieldValidation", Names.Quote(validation), ["\"\"", "\"Ignore\"", "\"Strict\"", "\"Warn\""]));
        }

        if (errors.Count > 0) throw ApiStatus.Invalid("meta.k8s.io", options, "", errors).ToException();
    }

    private static IEnumerable<FieldError> Managed(ApiRequest api, string verb)
    {
        var manager = api.Parameter("fieldManager");
        if (verb == "apply" && manager is null) yield return FieldError.Required("fieldManager", "is required for apply patch");
        if (verb == "patch" && api.Query.ContainsKey("force")) yield return FieldError.Forbidden("force", "may not be specified for non-apply patch");
        if (manager is null) yield break;
        if (Encoding.UTF8.GetByteCount(manager) > LongestManager) yield return FieldError.TooLong("fieldManager", LongestManager);
        for (var at = 0; at < manager.Length; at++)
        {
            if (!char.IsControl(manager[at])) continue;
            var code = string.Create(CultureInfo.InvariantCulture, $"invalid character U+{(int)manager[at]:X4} (at position {at})");
            yield return FieldError.Invalid("fieldManager", Names.Quote(manager), code);
            yield break;
        }
    }
}
