namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>A node of a parsed expression.</summary>
/// <param name="Position">Where messages about the node point to: the offset of its operator, dot, bracket or first character.</param>
internal abstract record CelExpression(int Position)
{
    public sealed record Literal(int Position, object Value, CelType Type) : CelExpression(Position);

    public sealed record Identifier(int Position, string Name) : CelExpression(Position);

    /// <summary>A field access; <c>has()</c> tests it, <c>.?</c> makes an optional of it.</summary>
    public sealed record Select(int Position, CelExpression Operand, string Field, bool IsTest, bool IsOptional) : CelExpression(Position);

    /// <summary>An operator (<c>_+_</c>), function or method call.</summary>
    public sealed record Call(int Position, string Function, CelExpression? Receiver, IReadOnlyList<CelExpression> Arguments) : CelExpression(Position);

    public sealed record ListLiteral(int Position, IReadOnlyList<CelExpression> Elements) : CelExpression(Position);

    public sealed record MapLiteral(int Position, IReadOnlyList<(CelExpression Key, CelExpression Value)> Entries) : CelExpression(Position);

    /// <summary>A macro over a list or map, or over an optional's value.</summary>
    /// <param name="Position">The macro's opening parenthesis.</param>
    /// <param name="Macro">all, exists, exists_one, filter, map, optMap or optFlatMap.</param>
    /// <param name="Range">What is gone through.</param>
    /// <param name="Variable">The item, or the key where there is a second variable.</param>
    /// <param name="Second">The value that goes with the key or index; null when there is no second variable.</param>
    /// <param name="Condition">Which items <c>map</c> takes; null for all.</param>
    /// <param name="Body">What is computed for each item.</param>
    public sealed record Comprehension(
        int Position, string Macro, CelExpression Range, string Variable, string? Second, CelExpression? Condition, CelExpression Body) : CelExpression(Position);
}

/// <summary>A problem found before an expression runs.</summary>
/// <param name="Position">The offset in the expression's text.</param>
/// <param name="Message">What is wrong there.</param>
internal sealed record CelIssue(int Position, string Message)
{
    /// <summary>The issues as one message that shows the places in the text.</summary>
    public static string Render(string text, IEnumerable<CelIssue> issues) =>
        string.Join("\n", issues.OrderBy(issue => issue.Position).Select(issue => issue.Render(text)));

    private string Render(string text)
    {
        var offset = Math.Min(Position, text.Length);
        var lineStart = offset == 0 ? 0 : text.LastIndexOf('\n', offset - 1) + 1;
        var lineEnd = text.IndexOf('\n', lineStart);
        var line = lineEnd < 0 ? text[lineStart..] : text[lineStart..lineEnd];
        var number = text[..lineStart].Count(character => character == '\n') + 1;
        var column = offset - lineStart;
        return $"ERROR: <input>:{number}:{column + 1}: {Message}\n | {line}\n | {new string('.', column)}^";
    }
}
