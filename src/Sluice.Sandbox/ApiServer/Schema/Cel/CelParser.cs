using System.Globalization;
using System.Text;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>
/// Parses expressions by recursive descent, one method for each level of precedence of the CEL specification:
/// conditional, or, and, relation, addition, multiplication, unary, member, primary.
/// </summary>
internal sealed class CelParser
{
    private const string Starts = "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
    private const string IndexStarts = "'[', '{', '(', '.', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
    private const int MaxDepth = 100;

    private static readonly Dictionary<string, string> Relations = new()
    {
        ["=="] = "_==_",
        ["!="] = "_!=_",
        ["<"] = "_<_",
        ["<="] = "_<=_",
        [">"] = "_>_",
        [">="] = "_>=_",
    };

    private static readonly HashSet<string> Namespaces = ["optional", "sets"];

    private readonly IReadOnlyList<CelToken> _tokens;
    private readonly List<CelIssue> _issues;
    private int _at;
    private int _depth;

    private CelParser(IReadOnlyList<CelToken> tokens, List<CelIssue> issues)
    {
        _tokens = tokens;
        _issues = issues;
    }

    private CelToken Current => _tokens[_at];

    /// <summary>Parses a whole text; null, with the issues filled, when it is not an expression.</summary>
    public static CelExpression? Parse(string text, List<CelIssue> issues)
    {
        var lexer = new CelLexer(text);
        var tokens = lexer.Read();
        issues.AddRange(lexer.Issues);
        var parser = new CelParser(tokens, issues);
        try
        {
            var expression = parser.ParseExpression();
            if (parser.Current.Kind != CelTokenKind.End)
                throw parser.Fail($"extraneous input '{parser.Shown()}' expecting <EOF>");
            return issues.Count == 0 ? expression : null;
        }
        catch (CelSyntaxException)
        {
            // The issue is recorded where it was found.
            return null;
        }
    }

    private CelExpression ParseExpression()
    {
        if (++_depth > MaxDepth)
            throw Fail("expression recursion limit exceeded: 100");
        var condition = ParseOr();
        var question = Current.Position;
        if (Accept("?"))
        {
            var whenTrue = ParseOr();
            Expect(":");
            condition = new CelExpression.Call(question, "_?_:_", null, [condition, whenTrue, ParseExpression()]);
        }

        _depth--;
        return condition;
    }

    private CelExpression ParseOr() => ParseLeftToRight(ParseAnd, symbol => symbol == "||" ? "_||_" : null);

    private CelExpression ParseAnd() => ParseLeftToRight(ParseRelation, symbol => symbol == "&&" ? "_&&_" : null);

    private CelExpression ParseRelation()
    {
        var left = ParseAddition();
        while (true)
        {
            var position = Current.Position;
            string? function = null;
            if (Current.Kind == CelTokenKind.Symbol)
                function = Relations.GetValueOrDefault(Current.Text);
            else if (Current is { Kind: CelTokenKind.Identifier, Text: "in" })
                function = "@in";
            if (function is null)
                return left;
            _at++;
            left = new CelExpression.Call(position, function, null, [left, ParseAddition()]);
        }
    }

    private CelExpression ParseAddition() => ParseLeftToRight(ParseMultiplication, symbol => symbol is "+" or "-" ? $"_{symbol}_" : null);

    private CelExpression ParseMultiplication() => ParseLeftToRight(ParseUnary, symbol => symbol is "*" or "/" or "%" ? $"_{symbol}_" : null);

    private CelExpression ParseLeftToRight(Func<CelExpression> operand, Func<string, string?> function)
    {
        var left = operand();
        while (Current.Kind == CelTokenKind.Symbol && function(Current.Text) is { } name)
        {
            var position = Current.Position;
            _at++;
            left = new CelExpression.Call(position, name, null, [left, operand()]);
        }

        return left;
    }

    private CelExpression ParseUnary()
    {
        var position = Current.Position;
        if (Accept("!"))
            return new CelExpression.Call(position, "!_", null, [ParseUnary()]);
        if (Current is not { Kind: CelTokenKind.Symbol, Text: "-" })
            return ParseMember();

        // A minus right before a number belongs to it: the smallest int has no positive counterpart.
        if (_tokens[_at + 1] is { Kind: CelTokenKind.Int or CelTokenKind.Double } number)
        {
            _at += 2;
            return ParseMembers(Number(number, position, "-"));
        }

        _at++;
        return new CelExpression.Call(position, "-_", null, [ParseUnary()]);
    }

    private CelExpression ParseMember() => ParseMembers(ParsePrimary());

    private CelExpression ParseMembers(CelExpression operand)
    {
        while (true)
        {
            var position = Current.Position;
            if (Accept("."))
                operand = ParseField(operand, position);
            else if (Accept("["))
                operand = ParseIndex(operand, position);
            else
                return operand;
        }
    }

    private CelExpression ParseField(CelExpression operand, int dot)
    {
        var isOptional = Accept("?");
        if (Current.Kind != CelTokenKind.Identifier)
            throw Fail($"no viable alternative at input '.{(Current.Kind == CelTokenKind.End ? "" : Shown())}'");
        var field = Current.Text;
        _at++;
        var parenthesis = Current.Position;
        if (isOptional || !Accept("("))
            return new CelExpression.Select(dot, operand, field, IsTest: false, isOptional);

        var arguments = ParseList(")");
        if (CelMacros.Expand(parenthesis, field, operand, arguments, _issues) is { } expanded)
            return expanded;
        return operand is CelExpression.Identifier { Name: var name } && Namespaces.Contains(name)
            ? new CelExpression.Call(parenthesis, $"{name}.{field}", null, arguments)
            : new CelExpression.Call(parenthesis, field, operand, arguments);
    }

    private CelExpression.Call ParseIndex(CelExpression operand, int bracket)
    {
        var isOptional = Accept("?");
        if (Current.Kind == CelTokenKind.End)
            throw Fail($"mismatched input '<EOF>' expecting {{{IndexStarts}}}");
        var index = ParseExpression();
        Expect("]");
        return new CelExpression.Call(bracket, isOptional ? "_[?_]" : "_[_]", null, [operand, index]);
    }

    private CelExpression ParsePrimary()
    {
        var token = Current;
        _at++;
        switch (token.Kind)
        {
            case CelTokenKind.Int or CelTokenKind.UInt or CelTokenKind.Double:
                return Number(token, token.Position, "");
            case CelTokenKind.String:
                return new CelExpression.Literal(token.Position, token.Text, CelType.String);
            case CelTokenKind.Bytes:
                return new CelExpression.Literal(token.Position, new CelBytes(Encoding.UTF8.GetBytes(token.Text)), CelType.Bytes);
            case CelTokenKind.Identifier:
                return ParseName(token);
            case CelTokenKind.Symbol when token.Text == "(":
                var inner = ParseExpression();
                Expect(")");
                return inner;
            case CelTokenKind.Symbol when token.Text == "[":
                return new CelExpression.ListLiteral(token.Position, ParseList("]"));
            case CelTokenKind.Symbol when token.Text == "{":
                return new CelExpression.MapLiteral(token.Position, ParseEntries());
            default:
                _at--;
                throw Fail($"mismatched input '{Shown()}' expecting {{{Starts}}}");
        }
    }

    private CelExpression ParseName(CelToken token)
    {
        switch (token.Text)
        {
            case "true":
                return new CelExpression.Literal(token.Position, true, CelType.Bool);
            case "false":
                return new CelExpression.Literal(token.Position, false, CelType.Bool);
            case "null":
                return new CelExpression.Literal(token.Position, CelNull.Value, CelType.Null);
            case "in":
                _at--;
                throw Fail($"mismatched input 'in' expecting {{{Starts}}}");
        }

        var parenthesis = Current.Position;
        if (!Accept("("))
            return new CelExpression.Identifier(token.Position, token.Text);
        var arguments = ParseList(")");
        return token.Text == "has" && arguments.Count == 1
            ? Has(parenthesis, arguments[0])
            : new CelExpression.Call(parenthesis, token.Text, null, arguments);
    }

    private CelExpression Has(int parenthesis, CelExpression argument)
    {
        if (argument is CelExpression.Select { IsTest: false } select)
            return select with { Position = parenthesis, IsTest = true };
        _issues.Add(new CelIssue(argument.Position, "invalid argument to has() macro"));
        return argument;
    }

    private List<CelExpression> ParseList(string closing)
    {
        List<CelExpression> items = [];
        while (!Accept(closing))
        {
            items.Add(ParseExpression());
            if (!Accept(",") && Current.Text != closing)
                Expect(closing);
        }

        return items;
    }

    private List<(CelExpression Key, CelExpression Value)> ParseEntries()
    {
        List<(CelExpression, CelExpression)> entries = [];
        while (!Accept("}"))
        {
            var key = ParseExpression();
            Expect(":");
            entries.Add((key, ParseExpression()));
            if (!Accept(",") && Current.Text != "}")
                Expect("}");
        }

        return entries;
    }

    private CelExpression.Literal Number(CelToken token, int position, string sign)
    {
        var isHex = token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var digits = isHex ? token.Text[2..] : token.Text;
        switch (token.Kind)
        {
            case CelTokenKind.Double when double.TryParse(sign + digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return new CelExpression.Literal(position, number, CelType.Double);
            case CelTokenKind.UInt when ulong.TryParse(digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var unsigned):
                return new CelExpression.Literal(position, unsigned, CelType.UInt);
            case CelTokenKind.Int when isHex && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) && bits <= long.MaxValue:
                return new CelExpression.Literal(position, sign.Length > 0 ? -(long)bits : (long)bits, CelType.Int);
            case CelTokenKind.Int when !isHex && long.TryParse(sign + digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer):
                return new CelExpression.Literal(position, integer, CelType.Int);
            default:
                _issues.Add(new CelIssue(position, $"invalid {(token.Kind == CelTokenKind.UInt ? "uint" : "int")} literal"));
                return new CelExpression.Literal(position, 0L, CelType.Int);
        }
    }

    private bool Accept(string symbol)
    {
        if (Current.Kind != CelTokenKind.Symbol || Current.Text != symbol)
            return false;
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol))
            throw Fail(Current.Kind == CelTokenKind.End ? $"missing '{symbol}' at '<EOF>'" : $"mismatched input '{Shown()}' expecting '{symbol}'");
    }

    private string Shown() => Current.Kind switch
    {
        CelTokenKind.String => $"'{Current.Text}'",
        _ => Current.Text,
    };

    private CelSyntaxException Fail(string problem)
    {
        _issues.Add(new CelIssue(Current.Position, $"Syntax error: {problem}"));
        return new CelSyntaxException(problem);
    }

    /// <summary>Ends parsing at the first place where no rule of the grammar applies.</summary>
    private sealed class CelSyntaxException(string message) : Exception(message);
}
