using Sluice.Sandbox.ApiServer.Rest;

namespace Sluice.Sandbox.ApiServer.Selectors;

/// <summary>Parser of label selectors, with the error texts of Kubernetes.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Special = "=!(),<>";
    private int _at;

    public List<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement>();
        var first = Peek();
        if (first.Length == 0) return requirements;
        while (true)
        {
            var start = Peek();
            if (start != "!" && !IsWord(start))
            {
                throw requirements.Count == 0 ? Failure(start, "!, identifier, or 'end of string'") : Failure(start, "identifier after ','");
            }

            requirements.Add(Requirement());
            var next = Next();
            if (next.Length == 0) return requirements;
            if (next != ",") throw Failure(next, "',' or 'end of string'");
        }
    }

    private LabelRequirement Requirement()
    {
        var token = Next();
        if (token == "!") return Checked(Key(Next()), LabelOperator.DoesNotExist, []);
        var key = Key(token);
        switch (Peek())
        {
            case "" or ",":
                return Checked(key, LabelOperator.Exists, []);
            case "=" or "==":
                return Checked(key, LabelOperator.In, Single());
            case "!=":
                return Checked(key, LabelOperator.NotIn, Single());
            case "in":
                return Checked(key, LabelOperator.In, Values());
            case "notin":
                return Checked(key, LabelOperator.NotIn, Values());
            case ">":
                return Checked(key, LabelOperator.GreaterThan, Single());
            case "<":
                return Checked(key, LabelOperator.LessThan, Single());
            case var other:
                throw Unparsable($"found '{other}', expected: in, notin, =, ==, !=, gt, lt");
        }
    }

    private static LabelRequirement Checked(string key, LabelOperator @operator, List<string> values)
    {
        foreach (var detail in Names.QualifiedName(key)) throw Unparsable($"<nil>: Invalid value: {Names.Quote(key)}: {detail}");
        if (@operator is LabelOperator.GreaterThan or LabelOperator.LessThan && !long.TryParse(values[0], out _))
        {
            throw Unparsable($"values[0]: Invalid value: {Names.Quote(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer");
        }

        for (var index = 0; index < values.Count; index++)
        {
            foreach (var detail in Names.LabelValue(values[index])) throw Unparsable($"values[{index}][{key}]: Invalid value: {Names.Quote(values[index])}: {detail}");
        }

        return new LabelRequirement(key, @operator, values);
    }

    private static string Key(string token) => IsWord(token) ? token : throw Unparsable($"found '{token}', expected: identifier");

    // "a=" and "a=,b" compare with the empty value.
    private List<string> Single()
    {
        Next();
        if (Peek() is "" or ",") return [""];
        var token = Next();
        return IsWord(token) ? [token] : throw Unparsable($"found '{token}', expected: identifier");
    }

    private List<string> Values()
    {
        Next();
        var open = Next();
        if (open != "(") throw Unparsable($"found '{open}' expected: '('");
        var values = new List<string>();
        while (true)
        {
            // An empty place stands for the empty value.
            values.Add(IsWord(Peek()) ? Next() : "");
            var token = Next();
            if (token == ")") return values;
            if (token != ",") throw Unparsable($"found '{token}', expected: ',' or ')'");
        }
    }

    private static bool IsWord(string token) => token.Length > 0 && !Special.Contains(token[0]);

    private string Peek()
    {
        var mark = _at;
        var token = Next();
        _at = mark;
        return token;
    }

    private string Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        if (_at == text.Length) return "";
        var start = _at;
        if (Special.Contains(text[_at]))
        {
            _at++;
            if (text[start] is '=' or '!' && _at < text.Length && text[_at] == '=') _at++;
            return text[start.._at];
        }

        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !Special.Contains(text[_at])) _at++;
        return text[start.._at];
    }

    private static StatusException Failure(string found, string expected) => ApiStatus.BadRequest($"found '{found}', expected: {expected}").ToException();

    private static StatusException Unparsable(string why) => ApiStatus.BadRequest("unable to parse requirement: " + why).ToException();
}
