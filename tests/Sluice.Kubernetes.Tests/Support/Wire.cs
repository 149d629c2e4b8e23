namespace Sluice.Kubernetes.Tests.Support;

/// <summary>Pods, lists and events as an API server writes them.</summary>
public static class Wire
{
    public static string Pod(string name, string version, string uid = "u", string ns = "shop") =>
        $$$$"""{"metadata":{"name":"{{{{name}}}}","namespace":"{{{{ns}}}}","uid":"{{{{(uid == "u" ? $"u-{name}" : uid)}}}}","resourceVersion":"{{{{version}}}}"}}""";

    public static string List(string version, params string[] items) => $$"""{"metadata":{"resourceVersion":"{{version}}"},"items":[{{string.Join(',', items)}}]}""";

    public static string Page(string version, string next, params string[] items) =>
        $$"""{"metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[{{string.Join(',', items)}}]}""";

    public static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""";

    public static string Added(string name, string version) => Event("ADDED", Pod(name, version));

    public static string Bookmark(string version) => Event("BOOKMARK", $$$$"""{"metadata":{"resourceVersion":"{{{{version}}}}"}}""");

    public static string InitialEnd(string version) =>
        Event("BOOKMARK", $$$$$"""{"metadata":{"resourceVersion":"{{{{{version}}}}}","annotations":{"k8s.io/initial-events-end":"true"}}}""");
}
