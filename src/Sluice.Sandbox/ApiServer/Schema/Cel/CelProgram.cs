namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>An expression that was parsed and checked.</summary>
internal sealed class CelProgram
{
    private readonly CelExpression _expression;

    private CelProgram(CelExpression expression, CelType type)
    {
        _expression = expression;
        Type = type;
    }

    public CelType Type { get; }

    /// <summary>Compiles an expression; null, with the message of a Kubernetes API server, when it has none.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="variables">The types of the names that it may use.</param>
    /// <param name="problem">Why it does not compile, with the places marked in the text; empty when it does.</param>
    public static CelProgram? Compile(string text, IReadOnlyDictionary<string, CelType> variables, out string problem)
    {
        List<CelIssue> issues = [];
        var expression = CelParser.Parse(text, issues);
        CelProgram? program = null;
        if (expression is not null)
        {
            var type = new CelChecker(issues).Check(expression, variables);
            if (issues.Count == 0)
                program = new CelProgram(expression, type);
        }

        problem = CelIssue.Render(text, issues);
        return program;
    }

    /// <summary>True when the expression speaks of the name.</summary>
    public bool Uses(string name) => Uses(_expression, name);

    /// <summary>The value for given variables.</summary>
    /// <exception cref="CelException">The expression has no value for these variables.</exception>
    public object Evaluate(IReadOnlyDictionary<string, object> variables) => new CelEvaluator(variables).Evaluate(_expression);

    private static bool Uses(CelExpression expression, string name) => expression switch
    {
        CelExpression.Identifier identifier => identifier.Name == name,
        CelExpression.Select select => Uses(select.Operand, name),
        CelExpression.Call call => (call.Receiver is { } receiver && Uses(receiver, name)) || call.Arguments.Any(argument => Uses(argument, name)),
        CelExpression.ListLiteral list => list.Elements.Any(element => Uses(element, name)),
        CelExpression.MapLiteral map => map.Entries.Any(entry => Uses(entry.Key, name) || Uses(entry.Value, name)),
        CelExpression.Comprehension comprehension => Uses(comprehension.Range, name) || Uses(comprehension.Body, name)
            || (comprehension.Condition is { } condition && Uses(condition, name)),
        _ => false,
    };
}
