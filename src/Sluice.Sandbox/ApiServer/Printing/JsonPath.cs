using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>
/// The part of JSONPath that printer columns use: fields (<c>.a.b</c>, <c>['a.b']</c>, <c>.a\.b</c>), indexes (<c>[0]</c>, <c>[-1]</c>), <c>[*]</c> and filters
/// (<c>[?(@.type=="Ready")]</c> with ==, !=, &lt;, &lt;=, &gt;, &gt;= or nothing for "is there").
/// </summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Func<JsonNode?, IEnumerable<JsonNode?>>> _steps;

    private JsonPath(IReadOnlyList<Func<JsonNode?, IEnumerable<JsonNode?>>> steps) => _steps = steps;

    /// <summary>Reads a path, with or without a leading dollar sign.</summary>
    /// <exception cref="FormatException">The text is not a path of the supported kind.</exception>
    public static JsonPath Parse(string text) => new(new JsonPathParser(text).Steps());

    /// <summary>Everything that the path reaches, in order; nothing where it leads nowhere.</summary>
    public IEnumerable<JsonNode?> Evaluate(JsonNode? root)
    {
        IEnumerable<JsonNode?> current = [root];
        foreach (var step in _steps) current = current.SelectMany(step);
        return current;
    }

    /// <summary>The first thing that the path reaches.</summary>
    public JsonNode? First(JsonNode? root) => Evaluate(root).FirstOrDefault();
}

internal sealed class JsonPathParser(string text)
{
    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];
    private int _at;

    public List<Func<JsonNode?, IEnumerable<JsonNode?>>> Steps()
    {
        var steps = new List<Func<JsonNode?, IEnumerable<JsonNode?>>>();
        if (_at < text.Length && text[_at] is '$' or '@') _at++;
        while (_at < text.Length)
        {
            if (text[_at] == '.')
            {
                _at++;
                if (_at < text.Length && text[_at] == '*')
                {
                    _at++;
                    steps.Add(Children);
                }
                else if (_at < text.Length && text[_at] != '[') steps.Add(Field(Name()));
            }
            else if (text[_at] == '[')
            {
                steps.Add(Bracket(Balanced()));
            }
            else
            {
                throw new FormatException($"unexpected '{text[_at]}' in path {text}");
            }
        }

        return steps;
    }

    private string Name()
    {
        var name = new StringBuilder();
        while (_at < text.Length && text[_at] is not ('.' or '['))
        {
            if (text[_at] == '\\' && _at + 1 < text.Length) _at++;
            name.Append(text[_at++]);
        }

        return name.Length > 0 ? name.ToString() : throw new FormatException($"empty field name in path {text}");
    }

    // The text between brackets; a bracket inside quotes does not count.
    private string Balanced()
    {
        var start = ++_at;
        var depth = 1;
        var quote = '\0';
        for (; _at < text.Length; _at++)
        {
            var character = text[_at];
            if (quote != '\0') quote = character == quote ? '\0' : quote;
            else if (character is '"' or '\'') quote = character;
            else if (character == '[') depth++;
            else if (character == ']' && --depth == 0) return text[start.._at++];
        }

        throw new FormatException($"unterminated [ in path {text}");
    }

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Bracket(string inner)
    {
        if (inner == "*") return Children;
        if (inner.StartsWith("?(", StringComparison.Ordinal) && inner.EndsWith(')')) return Filter(inner[2..^1].Trim());
        if (inner.Length > 1 && inner[0] is '\'' or '"' && inner[^1] == inner[0]) return Field(inner[1..^1]);
        return int.TryParse(inner, out var index) ? Element(index) : throw new FormatException($"unsupported [{inner}]");
    }

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Field(string name) =>
        node => node is JsonObject value && value.TryGetPropertyValue(name, out var field) ? [field] : [];

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Element(int index) => node =>
    {
        if (node is not JsonArray list) return [];
        var at = index < 0 ? list.Count + index : index;
        return at >= 0 && at < list.Count ? [list[at]] : [];
    };

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonArray list => list,
        JsonObject value => value.Select(pair => pair.Value),
        _ => [],
    };

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Filter(string condition)
    {
        var sign = Comparisons.FirstOrDefault(candidate => condition.Contains(candidate, StringComparison.Ordinal));
        var at = sign is null ? condition.Length : condition.IndexOf(sign, StringComparison.Ordinal);
        var left = JsonPath.Parse(condition[..at].Trim());
        var right = sign is null ? null : Literal(condition[(at + sign.Length)..].Trim());
        return node => node is not JsonArray list
            ? []
            : list.Where(item => sign is null ? left.Evaluate(item).Any() : left.Evaluate(item).Any(value => Holds(value, sign, right)));
    }

    private static JsonNode? Literal(string literal)
    {
        if (literal.Length > 1 && literal[0] is '\'' or '"' && literal[^1] == literal[0]) return literal[1..^1];
        try
        {
            return JsonNode.Parse(literal);
        }
        catch (JsonException failure)
        {
            throw new FormatException($"unsupported literal {literal}", failure);
        }
    }

    private static bool Holds(JsonNode? value, string sign, JsonNode? literal) => sign switch
    {
        "==" => JsonNode.DeepEquals(value, literal),
        "!=" => !JsonNode.DeepEquals(value, literal),
        _ => Order(value, literal) is { } order && sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 },
    };

    private static int? Order(JsonNode? left, JsonNode? right)
    {
        if (left.AsText() is { } leftText && right.AsText() is { } rightText) return string.CompareOrdinal(leftText, rightText);
        return left.AsInteger() is { } leftNumber && right.AsInteger() is { } rightNumber ? leftNumber.CompareTo(rightNumber) : null;
    }
}
