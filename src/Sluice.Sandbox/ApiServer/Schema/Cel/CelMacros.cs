namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>Calls that are macros: their arguments name variables and are not evaluated beforehand.</summary>
internal static class CelMacros
{
    /// <summary>The comprehension that a call stands for; null when it is an ordinary call (another name, or another number of arguments).</summary>
    public static CelExpression? Expand(int position, string name, CelExpression range, IReadOnlyList<CelExpression> arguments, List<CelIssue> issues)
    {
        var (variables, hasCondition) = (name, arguments.Count) switch
        {
            ("all" or "exists" or "exists_one" or "existsOne" or "filter" or "map" or "optMap" or "optFlatMap", 2) => (1, false),
            ("map", 3) => (1, true),
            ("all" or "exists" or "exists_one" or "existsOne" or "transformList", 3) => (2, false),
            ("transformList", 4) => (2, true),
            _ => (0, false),
        };
        if (variables == 0)
            return null;

        foreach (var argument in arguments.Take(variables))
        {
            if (argument is CelExpression.Identifier)
                continue;
            issues.Add(new CelIssue(argument.Position, "argument must be a simple name"));
            return range;
        }

        var macro = name switch { "existsOne" => "exists_one", "transformList" => "map", _ => name };
        return new CelExpression.Comprehension(
            position,
            macro,
            range,
            ((CelExpression.Identifier)arguments[0]).Name,
            variables == 2 ? ((CelExpression.Identifier)arguments[1]).Name : null,
            hasCondition ? arguments[^2] : null,
            arguments[^1]);
    }
}
