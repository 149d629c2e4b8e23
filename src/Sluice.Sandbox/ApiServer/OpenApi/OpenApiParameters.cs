using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>The parameters that operations take.</summary>
internal static class OpenApiParameters
{
    public static readonly IReadOnlyList<string> Read = ["resourceVersion"];

    public static readonly IReadOnlyList<string> Write = ["dryRun", "fieldManager", "fieldValidation"];

    public static readonly IReadOnlyList<string> Patch = ["dryRun", "fieldManager", "fieldValidation", "force"];

    public static readonly IReadOnlyList<string> Delete = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];

    public static readonly IReadOnlyList<string> List =
    [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit",
        "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch",
    ];

    private static readonly Dictionary<string, (string Type, string Description)> All = new()
    {
        ["name"] = ("string", "name of the object"),
        ["namespace"] = ("string", "object name and auth scope, such as for teams and projects"),
        ["pretty"] = ("string", "If 'true', the output is pretty printed."),
        ["dryRun"] = ("string", "Valid values are: All: all stages of the request run, and nothing is persisted."),
        ["fieldManager"] = ("string", "The name of the actor that makes these changes; required for apply requests."),
        ["fieldValidation"] = ("string", "What becomes of unknown or duplicate fields: Ignore, Warn or Strict."),
        ["force"] = ("boolean", "Apply takes fields from other managers instead of reporting conflicts."),
        ["gracePeriodSeconds"] = ("integer", "Seconds before the object is deleted; zero deletes at once."),
        ["orphanDependents"] = ("boolean", "Deprecated: use propagationPolicy."),
        ["propagationPolicy"] = ("string", "Whether and how dependents are deleted: Orphan, Background or Foreground."),
        ["allowWatchBookmarks"] = ("boolean", "Asks for watch events of type BOOKMARK."),
        ["continue"] = ("string", "The continue token of the list's part before."),
        ["fieldSelector"] = ("string", "Restricts the objects by their fields."),
        ["labelSelector"] = ("string", "Restricts the objects by their labels."),
        ["limit"] = ("integer", "The greatest number of objects in one answer."),
        ["resourceVersion"] = ("string", "Which resource versions a request may be served from."),
        ["resourceVersionMatch"] = ("string", "How resourceVersion is applied to a list."),
        ["sendInitialEvents"] = ("boolean", "A watch begins with the objects that exist."),
        ["timeoutSeconds"] = ("integer", "How long a list or watch may take."),
        ["watch"] = ("boolean", "Watch for changes instead of listing."),
    };

    public static JsonObject Describe(string name)
    {
        var (type, description) = All[name];
        var isInPath = name is "name" or "namespace";
        var parameter = new JsonObject { ["name"] = name, ["in"] = isInPath ? "path" : "query", ["description"] = description };
        if (isInPath)
            parameter["required"] = true;
        parameter["schema"] = new JsonObject { ["type"] = type, ["uniqueItems"] = true };
        return parameter;
    }
}
