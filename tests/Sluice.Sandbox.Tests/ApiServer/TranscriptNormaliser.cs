using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>Puts placeholders for what differs from run to run: numbered by first sight, the same number for the same value.</summary>
internal sealed partial class TranscriptNormaliser
{
    private static readonly string[] CountsNothing = ["Service"];

    private readonly Dictionary<string, string> _uids = [];
    private readonly Dictionary<string, string> _versions = [];
    private readonly Dictionary<string, string> _tokens = [];

    public JsonNode? Normalise(JsonNode? node, string key = "") => node switch
    {
        null => null,
        JsonObject json when json["kind"]?.ToString() == "Table" => Table(json),
        JsonObject json when CountsNothing.Contains(json["kind"]?.ToString() ?? "") && json["metadata"]?["generation"] is not null => WithoutGeneration(json),
        JsonObject json => new JsonObject(json.Select(pair => KeyValuePair.Create(pair.Key, Normalise(pair.Value, pair.Key)))),
        JsonArray array => new JsonArray([.. array.Select(item => Normalise(item))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Text(value.GetValue<string>(), key)),
        _ => node.DeepClone(),
    };

    // The measuring server counts the generations of all kinds with a spec, a cluster those of some.
    private JsonNode? WithoutGeneration(JsonObject json)
    {
        var copy = json.DeepClone();
        copy["metadata"]!.AsObject().Remove("generation");
        return Normalise(copy);
    }

    private JsonObject Table(JsonObject json)
    {
        var table = new JsonObject(json.Select(pair => KeyValuePair.Create(pair.Key, pair.Key == "kind" ? pair.Value?.DeepClone() : Normalise(pair.Value, pair.Key))));
        foreach (var row in table["rows"]?.AsArray() ?? [])
        {
            var cells = row!["cells"]!.AsArray();
            for (var index = 0; index < cells.Count; index++)
            {
                if (cells[index] is JsonValue cell && cell.GetValueKind() == JsonValueKind.String && Age().IsMatch(cell.GetValue<string>())) cells[index] = "<age>";
            }
        }

        return table;
    }

    private string Text(string text, string key) => key switch
    {
        "resourceVersion" when text.All(char.IsAsciiDigit) && text.Length > 0 && text != "0" => Number(_versions, text, "rv"),
        "continue" when text.Length > 0 => Number(_tokens, text, "continue"),
        _ when Time().IsMatch(text) => "<time>",
        _ => Uuid().Replace(text, match => match.Value.StartsWith("00000000", StringComparison.Ordinal) ? match.Value : Number(_uids, match.Value, "uid")),
    };

    private static string Number(Dictionary<string, string> known, string value, string kind)
    {
        if (!known.TryGetValue(value, out var placeholder)) known.Add(value, placeholder = $"<{kind} {known.Count + 1}>");
        return placeholder;
    }

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Time();

    [GeneratedRegex(@"\A([0-9]+[smhdy])+\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Age();
}
