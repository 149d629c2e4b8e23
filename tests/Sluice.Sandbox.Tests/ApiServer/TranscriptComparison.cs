using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>
/// Compares answers with recorded ones. Placeholders (<c>&lt;uid 1&gt;</c>) stand for one value throughout a scenario, <c>&lt;time&gt;</c> for any;
/// numbers of versions in messages and suffixes of generated names differ freely.
/// </summary>
internal sealed partial class TranscriptComparison
{
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, string> _placeholders = [];

    /// <summary>The first difference, as path and texts; null where the two agree.</summary>
    public string? Difference(JsonNode? expected, JsonNode? actual, string path = "$") => (expected, actual) switch
    {
        (JsonObject left, JsonObject right) when path == "$" && SeveralCauses(left) is { } causes => FailureDifference(left, right, causes),
        (JsonObject left, JsonObject right) when path == "$" && left["kind"]?.ToString() == "Namespace" => ObjectDifference(Bare(left), Bare(right), path),
        (JsonObject left, JsonObject right) => ObjectDifference(left, right, path),
        (JsonArray left, JsonArray right) => ArrayDifference(left, right, path),
        (JsonValue left, JsonValue right) when left.GetValueKind() == JsonValueKind.String && right.GetValueKind() == JsonValueKind.String =>
            TextDifference(left.GetValue<string>(), right.GetValue<string>(), path),
        _ => JsonNode.DeepEquals(expected, actual) ? null : Report(path, expected?.ToJsonString(), actual?.ToJsonString()),
    };

    // The server that was recorded counts generations of namespaces, and neither labels nor finalises them; a cluster does.
    private static JsonObject Bare(JsonObject @namespace)
    {
        var copy = @namespace.DeepClone().AsObject();
        copy.Remove("spec");
        foreach (var part in (ReadOnlySpan<string>)["generation", "labels", "managedFields"]) copy["metadata"]!.AsObject().Remove(part);
        return copy;
    }

    private static JsonArray? SeveralCauses(JsonObject status) => status["kind"]?.ToString() == "Status" && status["details"]?["causes"] is JsonArray { Count: > 1 } causes ? causes : null;

    /// <summary>A real server finds fields, and so what is wrong with them, in an order that changes from one request to the next.</summary>
    private string? FailureDifference(JsonObject expected, JsonObject actual, JsonArray causes)
    {
        if (SeveralCauses(actual) is not { } found) return Report("$.details.causes", causes.ToJsonString(), actual["details"]?.ToJsonString());
        var (left, right) = (expected.DeepClone().AsObject(), actual.DeepClone().AsObject());
        left["details"]!["causes"] = Sorted(causes);
        right["details"]!["causes"] = Sorted(found);
        left["message"] = Letters(expected);
        right["message"] = Letters(actual);
        return ObjectDifference(left, right, "$");
    }

    private static JsonArray Sorted(JsonArray causes) => new([.. causes.OrderBy(cause => cause!.ToJsonString(), StringComparer.Ordinal).Select(cause => cause!.DeepClone())]);

    private static string Letters(JsonObject status) => string.Concat(status["message"]!.GetValue<string>().Order());

    private string? ObjectDifference(JsonObject expected, JsonObject actual, string path)
    {
        foreach (var (key, value) in expected)
        {
            if (!actual.TryGetPropertyValue(key, out var found)) return Report($"{path}.{key}", value?.ToJsonString(), "(absent)");
            if (key == "name" && expected["generateName"]?.GetValue<string>() is { } prefix && found!.GetValue<string>().StartsWith(prefix[..Math.Min(prefix.Length, 58)], StringComparison.Ordinal)) continue;
            var (left, right) = key == "managedFields" ? (ByManager(value), ByManager(found)) : (value, found);
            if (Difference(left, right, $"{path}.{key}") is { } difference) return difference;
        }

        return actual.FirstOrDefault(pair => !expected.ContainsKey(pair.Key)) is { Key: { } extra } ? Report($"{path}.{extra}", "(absent)", actual[extra]?.ToJsonString()) : null;
    }

    // The server sorts the entries by time first, and our clock stands still.
    private static JsonNode? ByManager(JsonNode? entries) => entries is JsonArray list
        ? new JsonArray([.. list.OrderBy(entry => $"{entry!["operation"]} {entry["manager"]} {entry["subresource"]} {entry["apiVersion"]}", StringComparer.Ordinal).Select(WithoutTime)])
        : entries;

    private static JsonNode WithoutTime(JsonNode? entry)
    {
        var copy = entry!.DeepClone();
        (copy as JsonObject)?.Remove("time");
        return copy;
    }

    private string? ArrayDifference(JsonArray expected, JsonArray actual, string path)
    {
        for (var index = 0; index < Math.Min(expected.Count, actual.Count); index++)
        {
            if (Difference(expected[index], actual[index], $"{path}[{index}]") is { } difference) return difference;
        }

        return expected.Count == actual.Count ? null : Report($"{path}.length", $"{expected.Count}", $"{actual.Count}");
    }

    private string? TextDifference(string expected, string actual, string path)
    {
        // The server that was recorded has its own name.
        if (expected == "minikapi-bin") expected = "kube-apiserver";
        if (actual == "minikapi-bin") actual = "kube-apiserver";
        if (expected == "<time>") return Time().IsMatch(actual) ? null : Report(path, expected, actual);
        if (expected == "<age>") return Age().IsMatch(actual) ? null : Report(path, expected, actual);
        (expected, actual) = (PatchedObject().Replace(expected, "an object"), PatchedObject().Replace(actual, "an object"));
        expected = VersionInText().Replace(expected, "${head}<number>");
        var placeholders = Placeholder().Matches(expected).Select(match => match.Value).Where(text => text != "<number>").ToList();
        var group = 0;
        var pattern = Placeholder().Replace(Regex.Escape(expected), match =>
            match.Value.StartsWith("<number", StringComparison.Ordinal) ? "[0-9]+" : $"(?<g{group++}>.+?)");
        var found = Regex.Match(actual, $@"\A{pattern}\z", RegexOptions.Singleline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
        if (!found.Success) return Report(path, expected, actual);
        for (var index = 0; index < placeholders.Count; index++)
        {
            if (!Bind(placeholders[index], found.Groups[$"g{index}"].Value))
            {
                return Report(path, $"{expected} = {_values.GetValueOrDefault(placeholders[index])}", actual);
            }
        }

        return null;
    }

    private bool Bind(string placeholder, string value)
    {
        if (_values.TryGetValue(placeholder, out var known)) return known == value;
        // A different number is a different value, but for the UIDs that requests themselves name.
        if (_placeholders.ContainsKey(value)) return false;
        _values.Add(placeholder, value);
        _placeholders.Add(value, placeholder);
        return true;
    }

    private static string Report(string path, string? expected, string? actual) => $"{path}: expected {Short(expected)} but was {Short(actual)}";

    private static string Short(string? text) => text is null ? "null" : text.Length > 400 ? text[..400] + "..." : text;

    // The whole object, its times among them, in the order in which the server wrote it.
    [GeneratedRegex(@"(?<=Invalid value: )""\{\\"".*\}""(?=: )", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PatchedObject();

    // Spaces are escaped where the text has become a pattern.
    [GeneratedRegex(@"<(uid|rv|continue)\\? [0-9]+>|<number>", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(?<head>record \(|current: )[0-9]+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex VersionInText();

    [GeneratedRegex(@"\A([0-9]+[smhdy])+\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Age();

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Time();
}
