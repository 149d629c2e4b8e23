namespace Sluice.Sandbox.ApiServer.Selectors;

/// <summary>Parser of label selectors, with the error texts of Kubernetes.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Special = "=!(),<>";
    private int _at;

    public List<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            requirements.Add(Requirement());
            var next = Next();
            if (next.Length == 0) return requirements;
            if (next != ",") throw Failure(next, "',' or 'end of string'");
        }
    }

    private LabelRequirement Requirement()
    {
        var token = Next();
        if (token == "!") return new LabelRequirement(Key(Next()), LabelOperator.DoesNotExist, []);
        var key = Key(token);
        var mark = _at;
        switch (Next())
        {
            case "" or ",":
                _at = mark;
                return new LabelRequirement(key, LabelOperator.Exists, []);
            case "=" or "==":
                return new LabelRequirement(key, LabelOperator.In, [Value()]);
            case "!=":
                return new LabelRequirement(key, LabelOperator.NotIn, [Value()]);
            case "in":
                return new LabelRequirement(key, LabelOperator.In, Values());
            case "notin":
                return new LabelRequirement(key, LabelOperator.NotIn, Values());
            case ">":
                return new LabelRequirement(key, LabelOperator.GreaterThan, [Number()]);
            case "<":
                return new LabelRequirement(key, LabelOperator.LessThan, [Number()]);
            case var other:
                throw Failure(other, "in, notin, =, ==, !=, gt, lt");
        }
    }

    private static string Key(string token) => token.Length > 0 && !Special.Contains(token[0]) ? token : throw Failure(token, "!, identifier, or 'end of string'");

    // "a=" and "a=,b" compare with the empty value.
    private string Value()
    {
        var mark = _at;
        var token = Next();
        if (token.Length > 0 && !Special.Contains(token[0])) return token;
        _at = mark;
        return token is "" or "," ? "" : throw Failure(token, "identifier");
    }

    private string Number()
    {
        var value = Value();
        return long.TryParse(value, out _)
            ? value
            : throw ApiStatus.BadRequest($"values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer").ToException();
    }

    private List<string> Values()
    {
        var open = Next();
        if (open != "(") throw Failure(open, "'('");
        var values = new List<string>();
        while (true)
        {
            values.Add(Value());
            var token = Next();
            if (token == ")") return values;
            if (token != ",") throw Failure(token, "',', or ')'");
        }
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

    private static StatusException Failure(string found, string expected) =>
        ApiStatus.BadRequest($"unable to parse requirement: found '{found}' expected: {expected}").ToException();
}
