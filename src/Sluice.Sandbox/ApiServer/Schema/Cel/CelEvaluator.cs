namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>Evaluates a checked expression.</summary>
internal sealed class CelEvaluator(IReadOnlyDictionary<string, object> variables)
{
    private readonly Stack<(string Name, object Value)> _locals = new();

    /// <summary>The value of an expression.</summary>
    /// <exception cref="CelException">The expression has no value.</exception>
    public object Evaluate(CelExpression expression) => expression switch
    {
        CelExpression.Literal literal => literal.Value,
        CelExpression.Identifier identifier => Lookup(identifier.Name),
        CelExpression.Select select => Select(select),
        CelExpression.Call call => Call(call),
        CelExpression.ListLiteral list => new CelList([.. list.Elements.Select(Evaluate)]),
        CelExpression.MapLiteral map => Map(map),
        CelExpression.Comprehension comprehension => Comprehend(comprehension),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private object Lookup(string name)
    {
        foreach (var local in _locals)
        {
            if (local.Name == name)
                return local.Value;
        }

        return variables.TryGetValue(name, out var value) ? value : new CelTypeName(name);
    }

    private object Select(CelExpression.Select select)
    {
        var operand = Evaluate(select.Operand);
        var isOptional = select.IsOptional;
        if (operand is CelOptional optional)
        {
            if (!optional.HasValue)
                return select.IsTest ? false : CelOptional.None;
            operand = optional.Value!;
            isOptional = true;
        }

        var value = operand switch
        {
            CelObject map => map.Find(select.Field),
            CelMap map => map.Find(select.Field),
            _ => throw new CelException(CelException.NoOverload),
        };
        if (select.IsTest)
            return value is not null;
        if (isOptional)
            return new CelOptional(value);
        return value ?? throw new CelException($"no such key: {select.Field}");
    }

    private object Call(CelExpression.Call call)
    {
        switch (call.Function)
        {
            case "_&&_":
                return Both(call.Arguments[0], call.Arguments[1], decisive: false);
            case "_||_":
                return Both(call.Arguments[0], call.Arguments[1], decisive: true);
            case "_?_:_":
                return Evaluate(IsTrue(Evaluate(call.Arguments[0])) ? call.Arguments[1] : call.Arguments[2]);
        }

        List<object> arguments = call.Receiver is null ? [] : [Evaluate(call.Receiver)];
        arguments.AddRange(call.Arguments.Select(Evaluate));
        return CelFunctions.Call(call.Function, arguments, call.Receiver is not null);
    }

    // One operand may decide alone; then it does not matter that the other one has no value.
    private bool Both(CelExpression left, CelExpression right, bool decisive)
    {
        CelException? failure = null;
        try
        {
            if (IsTrue(Evaluate(left)) == decisive)
                return decisive;
        }
        catch (CelException problem)
        {
            failure = problem;
        }

        var second = IsTrue(Evaluate(right));
        if (second == decisive || failure is null)
            return second;
        throw failure;
    }

    private CelMap Map(CelExpression.MapLiteral literal)
    {
        var map = new CelMap();
        foreach (var (key, value) in literal.Entries)
            map[Evaluate(key)] = Evaluate(value);
        return map;
    }

    private object Comprehend(CelExpression.Comprehension comprehension)
    {
        var range = Evaluate(comprehension.Range);
        if (comprehension.Macro is "optMap" or "optFlatMap")
            return MapOptional(comprehension, range);

        var items = Items(range);
        switch (comprehension.Macro)
        {
            case "all":
                return Quantify(comprehension, items, decisive: false);
            case "exists":
                return Quantify(comprehension, items, decisive: true);
            case "exists_one":
                return items.Count(item => IsTrue(With(comprehension, item, comprehension.Body))) == 1;
            case "filter":
                var isList = range is CelList;
                return new CelList([.. items.Where(item => IsTrue(With(comprehension, item, comprehension.Body))).Select(item => isList ? item.Value : item.Key)]);
            default:
                return new CelList([.. items
                    .Where(item => comprehension.Condition is null || IsTrue(With(comprehension, item, comprehension.Condition)))
                    .Select(item => With(comprehension, item, comprehension.Body))]);
        }
    }

    // As with && and ||, an item that decides outweighs one that fails.
    private bool Quantify(CelExpression.Comprehension comprehension, IReadOnlyList<(object Key, object Value)> items, bool decisive)
    {
        CelException? failure = null;
        foreach (var item in items)
        {
            try
            {
                if (IsTrue(With(comprehension, item, comprehension.Body)) == decisive)
                    return decisive;
            }
            catch (CelException problem)
            {
                failure ??= problem;
            }
        }

        return failure is null ? !decisive : throw failure;
    }

    private object MapOptional(CelExpression.Comprehension comprehension, object range)
    {
        if (range is not CelOptional optional)
            throw new CelException(CelException.NoOverload);
        if (!optional.HasValue)
            return CelOptional.None;
        var result = Bind([(comprehension.Variable, optional.Value!)], comprehension.Body);
        return comprehension.Macro == "optMap" ? new CelOptional(result) : result;
    }

    private object With(CelExpression.Comprehension comprehension, (object Key, object Value) item, CelExpression body) => comprehension.Second is { } second
        ? Bind([(comprehension.Variable, item.Key), (second, item.Value)], body)
        : Bind([(comprehension.Variable, item.Key is ListIndex ? item.Value : item.Key)], body);

    private object Bind(IReadOnlyList<(string Name, object Value)> locals, CelExpression body)
    {
        foreach (var (name, value) in locals)
            _locals.Push((name, value is ListIndex index ? index.Value : value));
        try
        {
            return Evaluate(body);
        }
        finally
        {
            for (var count = 0; count < locals.Count; count++)
                _locals.Pop();
        }
    }

    private static List<(object Key, object Value)> Items(object range) => range switch
    {
        CelList list => [.. list.Items.Select((item, index) => ((object)new ListIndex(index), item))],
        CelMap map => [.. map.Keys.Select(key => (key, map.Find(key)!))],
        _ => throw new CelException(CelException.NoOverload),
    };

    private static bool IsTrue(object value) => value is bool flag ? flag : throw new CelException(CelException.NoOverload);

    /// <summary>The place of an item, told apart from a map's key: with one variable a list gives its items and a map its keys.</summary>
    private sealed record ListIndex(long Value);
}
