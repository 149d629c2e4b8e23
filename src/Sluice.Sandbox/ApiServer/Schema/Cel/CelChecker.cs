namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>
/// Gives every node of an expression a type, and reports what has none: undeclared names and fields, functions that do not
/// take what they are given.
/// </summary>
internal sealed class CelChecker(List<CelIssue> issues)
{
    private static readonly HashSet<string> TypeNames = ["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"];

    private readonly Stack<Dictionary<string, CelType>> _scopes = new();

    public CelType Check(CelExpression expression, IReadOnlyDictionary<string, CelType> variables)
    {
        _scopes.Push(new(variables));
        var type = Visit(expression);
        _scopes.Pop();
        return type;
    }

    private CelType Visit(CelExpression expression) => expression switch
    {
        CelExpression.Literal literal => literal.Type,
        CelExpression.Identifier identifier => VisitIdentifier(identifier),
        CelExpression.Select select => VisitSelect(select),
        CelExpression.Call call => VisitCall(call),
        CelExpression.ListLiteral list => VisitList(list),
        CelExpression.MapLiteral map => VisitMap(map),
        CelExpression.Comprehension comprehension => VisitComprehension(comprehension),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private CelType VisitIdentifier(CelExpression.Identifier identifier)
    {
        foreach (var scope in _scopes)
        {
            if (scope.TryGetValue(identifier.Name, out var type))
                return type;
        }

        return TypeNames.Contains(identifier.Name)
            ? CelType.TypeOfType
            : Report(identifier.Position, $"undeclared reference to '{identifier.Name}' (in container '')");
    }

    private CelType VisitSelect(CelExpression.Select select)
    {
        var operand = Visit(select.Operand);
        var isOptional = select.IsOptional;
        if (operand is CelType.Optional optional)
        {
            operand = optional.Value;
            isOptional = true;
        }

        var field = operand switch
        {
            CelType.Object type => CelTypes.Field(type, select.Field) ?? Report(select.Position, $"undefined field '{select.Field}'"),
            CelType.Map map => map.Value,
            _ when operand == CelType.Dyn => CelType.Dyn,
            _ => Report(select.Position, $"type '{operand}' does not support field selection"),
        };
        if (select.IsTest)
            return CelType.Bool;
        return isOptional ? new CelType.Optional(field) : field;
    }

    private CelType VisitCall(CelExpression.Call call)
    {
        if (call.Function is "_&&_" or "_||_")
        {
            foreach (var argument in call.Arguments)
                Expect(CelType.Bool, Visit(argument), argument.Position);
            return CelType.Bool;
        }

        // The list of values to format is the one literal that may mix types.
        var mayMix = call.Function == "format";
        var arguments = call.Arguments.Prepend(call.Receiver).OfType<CelExpression>()
            .Select(argument => mayMix && argument is CelExpression.ListLiteral list ? VisitMixedList(list) : Visit(argument))
            .ToList();
        var signatures = CelSignatures.Find(call.Function);
        if (signatures.Count == 0)
            return Report(call.Position, $"undeclared reference to '{call.Function}' (in container '')");
        if (Resolve(signatures, call.Receiver is not null, arguments) is not { } result)
            return Report(call.Position, $"found no matching overload for '{call.Function}' applied to '{Describe(call, arguments)}'");

        CheckLiteralArgument(call);
        return result;
    }

    // What is written out in the expression is checked now, instead of failing whenever the rule runs.
    private void CheckLiteralArgument(CelExpression.Call call)
    {
        if (call.Arguments is not [.., CelExpression.Literal { Value: string text } literal])
            return;
        var isValid = (call.Function, call.Arguments.Count) switch
        {
            ("matches", _) => Patterns.IsValid(text),
            ("duration", 1) => CelTime.TryParseDuration(text, out _),
            ("timestamp", 1) => CelTime.TryParseTimestamp(text, out _),
            ("find" or "findAll", 1) => Patterns.IsValid(text),
            _ => true,
        };
        if (!isValid)
            issues.Add(new CelIssue(literal.Position, $"invalid {call.Function} argument"));
    }

    private static CelType? Resolve(IReadOnlyList<CelSignature> signatures, bool isMethod, List<CelType> arguments)
    {
        CelType? result = null;
        foreach (var signature in signatures.Where(signature => signature.IsMethod == isMethod && signature.Parameters.Count == arguments.Count))
        {
            var bindings = new Dictionary<string, CelType>();
            if (!signature.Parameters.Zip(arguments).All(pair => CelTypes.Accepts(pair.First, pair.Second, bindings)))
                continue;
            var candidate = CelTypes.Substitute(signature.Result, bindings);
            // With a dynamic argument several forms may apply: what comes out is known only when the rule runs.
            result = result is null || result == candidate ? candidate : CelType.Dyn;
        }

        return result;
    }

    private CelType.List VisitList(CelExpression.ListLiteral list)
    {
        CelType? element = null;
        foreach (var item in list.Elements)
            element = Join(element, Visit(item), item.Position);
        return new CelType.List(element ?? CelType.Dyn);
    }

    private CelType.List VisitMixedList(CelExpression.ListLiteral list)
    {
        foreach (var item in list.Elements)
            Visit(item);
        return new CelType.List(CelType.Dyn);
    }

    private CelType.Map VisitMap(CelExpression.MapLiteral map)
    {
        CelType? key = null;
        CelType? value = null;
        foreach (var entry in map.Entries)
        {
            key = Join(key, Visit(entry.Key), entry.Key.Position);
            value = Join(value, Visit(entry.Value), entry.Value.Position);
        }

        return new CelType.Map(key ?? CelType.Dyn, value ?? CelType.Dyn);
    }

    private CelType Join(CelType? first, CelType next, int position)
    {
        if (first is null)
            return next;
        if (CelTypes.Accepts(first, next))
            return first;
        if (!CelTypes.Accepts(next, first))
            issues.Add(new CelIssue(position, $"expected type '{first}' but found '{next}'"));
        return first;
    }

    private CelType VisitComprehension(CelExpression.Comprehension comprehension)
    {
        var range = Visit(comprehension.Range);
        if (comprehension.Macro is "optMap" or "optFlatMap")
            return VisitOptionalMap(comprehension, range);

        (CelType Key, CelType Value)? items = range switch
        {
            CelType.List list => (CelType.Int, list.Element),
            CelType.Map map => (map.Key, map.Value),
            _ when range == CelType.Dyn => (CelType.Dyn, CelType.Dyn),
            _ => null,
        };
        if (items is not var (key, value))
        {
            return Report(
                comprehension.Range.Position, $"expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)");
        }

        var single = range is CelType.List ? value : key;
        _scopes.Push(comprehension.Second is { } second
            ? new() { [comprehension.Variable] = key, [second] = value }
            : new() { [comprehension.Variable] = single });
        if (comprehension.Condition is { } condition)
            Expect(CelType.Bool, Visit(condition), condition.Position);
        var body = Visit(comprehension.Body);
        _scopes.Pop();

        switch (comprehension.Macro)
        {
            case "map":
                return new CelType.List(body);
            case "filter":
                var result = new CelType.List(single);
                if (!CelTypes.Accepts(CelType.Bool, body))
                    Report(comprehension.Position, $"found no matching overload for '_?_:_' applied to '({body}, {result}, {result})'");
                return result;
            default:
                Expect(CelType.Bool, body, comprehension.Body.Position);
                return CelType.Bool;
        }
    }

    private CelType VisitOptionalMap(CelExpression.Comprehension comprehension, CelType range)
    {
        if (range is not CelType.Optional && range != CelType.Dyn)
            return Report(comprehension.Position, $"found no matching overload for '{comprehension.Macro}' applied to '{range}.()'");
        _scopes.Push(new() { [comprehension.Variable] = range is CelType.Optional optional ? optional.Value : CelType.Dyn });
        var body = Visit(comprehension.Body);
        _scopes.Pop();
        return comprehension.Macro == "optMap" ? new CelType.Optional(body) : body;
    }

    private void Expect(CelType wanted, CelType actual, int position)
    {
        if (!CelTypes.Accepts(wanted, actual))
            issues.Add(new CelIssue(position, $"expected type '{wanted}' but found '{actual}'"));
    }

    // An expression whose type is unknown is dynamic from there on, so that one mistake is reported once.
    private CelType Report(int position, string message)
    {
        issues.Add(new CelIssue(position, message));
        return CelType.Dyn;
    }

    private static string Describe(CelExpression.Call call, List<CelType> arguments) => call.Receiver is null
        ? $"({string.Join(", ", arguments)})"
        : $"{arguments[0]}.({string.Join(", ", arguments.Skip(1))})";
}
