using System.Globalization;
using System.Text;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>What functions and operators do. The checker has matched types where it knew them; here the values decide.</summary>
internal static class CelFunctions
{
    public static object Call(string function, IReadOnlyList<object> arguments, bool isMethod)
    {
        var result = function switch
        {
            "_==_" => CelEquality.AreEqual(arguments[0], arguments[1]),
            "_!=_" => !CelEquality.AreEqual(arguments[0], arguments[1]),
            "_<_" => CelEquality.Compare(arguments[0], arguments[1]) < 0,
            "_<=_" => CelEquality.Compare(arguments[0], arguments[1]) <= 0,
            "_>_" => CelEquality.Compare(arguments[0], arguments[1]) > 0,
            "_>=_" => CelEquality.Compare(arguments[0], arguments[1]) >= 0,
            "_[_]" => Index(arguments[0], arguments[1]),
            "_[?_]" => new CelOptional(TryIndex(arguments[0], arguments[1])),
            "@in" => IsIn(arguments[0], arguments[1]),
            "_+_" or "_-_" or "_*_" or "_/_" or "_%_" => CelArithmetic.Call(function, arguments[0], arguments[1]),
            _ => isMethod ? CallMethod(function, arguments[0], [.. arguments.Skip(1)]) : CallFunction(function, arguments),
        };
        return result ?? throw new CelException(CelException.NoOverload);
    }

    private static object? CallMethod(string function, object receiver, IReadOnlyList<object> arguments) => receiver switch
    {
        string text => CelStrings.Call(function, text, arguments),
        CelList list => CallList(function, list, arguments),
        CelOptional optional => CallOptional(function, optional, arguments),
        Quantity quantity => CallQuantity(function, quantity, arguments),
        DateTimeOffset timestamp when function.StartsWith("get", StringComparison.Ordinal) =>
            CelTime.Part(timestamp, function, arguments is [string zone] ? zone : ""),
        TimeSpan duration when function.StartsWith("get", StringComparison.Ordinal) => CelTime.Part(duration, function),
        CelMap map when function == "size" => (long)map.Count,
        CelBytes bytes when function == "size" => (long)bytes.Length,
        _ => null,
    };

    private static object? CallFunction(string function, IReadOnlyList<object> arguments) => (function, arguments) switch
    {
        ("!_", [bool flag]) => !flag,
        ("-_", [long number]) => number == long.MinValue ? throw new CelException("integer overflow") : -number,
        ("-_", [double number]) => -number,
        ("size", [var value]) => CallMethod("size", value, []),
        ("matches", [string text, string pattern]) => CelStrings.Call("matches", text, [pattern]),
        ("dyn", [var value]) => value,
        ("type", [var value]) => new CelTypeName(CelConversion.TypeName(value)),
        ("string", [var value]) => CelConversion.ToText(value),
        ("int", [var value]) => ToInt(value),
        ("uint", [var value]) => ToUInt(value),
        ("double", [var value]) => ToDouble(value),
        ("bool", [bool or string]) => ToBool(arguments[0]),
        ("bytes", [string text]) => new CelBytes(Encoding.UTF8.GetBytes(text)),
        ("bytes", [CelBytes bytes]) => bytes,
        ("duration", [var value]) => ToDuration(value),
        ("timestamp", [var value]) => ToTimestamp(value),
        ("quantity", [string text]) => Quantity.TryParse(text, out var quantity)
            ? quantity
            : throw new CelException("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
        ("isQuantity", [string text]) => Quantity.TryParse(text, out _),
        ("optional.none", []) => CelOptional.None,
        ("optional.of", [var value]) => new CelOptional(value),
        ("optional.ofNonZeroValue", [var value]) => IsZero(value) ? CelOptional.None : new CelOptional(value),
        ("sets.contains", [CelList list, CelList wanted]) => wanted.Items.All(item => Contains(list, item)),
        ("sets.intersects", [CelList list, CelList other]) => other.Items.Any(item => Contains(list, item)),
        ("sets.equivalent", [CelList list, CelList other]) => other.Items.All(item => Contains(list, item)) && list.Items.All(item => Contains(other, item)),
        _ => null,
    };

    private static object? CallList(string function, CelList list, IReadOnlyList<object> arguments) => (function, arguments) switch
    {
        ("size", []) => (long)list.Items.Count,
        ("join", []) => CelStrings.Join(list, ""),
        ("join", [string separator]) => CelStrings.Join(list, separator),
        ("isSorted", []) => list.Items.Zip(list.Items.Skip(1)).All(pair => CelEquality.Compare(pair.First, pair.Second) <= 0),
        ("sum", []) => list.Items.Count == 0 ? 0L : list.Items.Aggregate((sum, item) => Call("_+_", [sum, item], isMethod: false)),
        ("reverse", []) => new CelList([.. list.Items.Reverse()]),
        ("min", []) => Extreme(list, function, sign: -1),
        ("max", []) => Extreme(list, function, sign: 1),
        ("indexOf", [var item]) => list.Items.Select((other, index) => (other, index)).Where(pair => CelEquality.AreEqual(pair.other, item)).Select(pair => (long)pair.index).FirstOrDefault(-1L),
        ("lastIndexOf", [var item]) => list.Items.Select((other, index) => (other, index)).Where(pair => CelEquality.AreEqual(pair.other, item)).Select(pair => (long)pair.index).LastOrDefault(-1L),
        _ => null,
    };

    private static object? CallOptional(string function, CelOptional optional, IReadOnlyList<object> arguments) => (function, arguments) switch
    {
        ("hasValue", []) => optional.HasValue,
        ("value", []) => optional.Value ?? throw new CelException("optional.none() dereference"),
        ("or", [CelOptional other]) => optional.HasValue ? optional : other,
        ("orValue", [var other]) => optional.Value ?? other,
        _ => null,
    };

    private static object? CallQuantity(string function, Quantity quantity, IReadOnlyList<object> arguments) => (function, arguments) switch
    {
        ("isInteger", []) => quantity.IsInteger,
        ("asInteger", []) => quantity.IsInteger ? (long)quantity.Amount : throw new CelException("cannot convert value to integer"),
        ("asApproximateFloat", []) => (double)quantity.Amount,
        ("add", [Quantity other]) => new Quantity(quantity.Amount + other.Amount),
        ("add", [long other]) => new Quantity(quantity.Amount + other),
        ("sub", [Quantity other]) => new Quantity(quantity.Amount - other.Amount),
        ("sub", [long other]) => new Quantity(quantity.Amount - other),
        ("isLessThan", [Quantity other]) => quantity.Amount < other.Amount,
        ("isGreaterThan", [Quantity other]) => quantity.Amount > other.Amount,
        ("compareTo", [Quantity other]) => (long)quantity.Amount.CompareTo(other.Amount),
        _ => null,
    };

    private static object Extreme(CelList list, string function, int sign)
    {
        if (list.Items.Count == 0)
            throw new CelException($"{function} called on empty list");
        return list.Items.Aggregate((best, item) => CelEquality.Compare(item, best) * sign > 0 ? item : best);
    }

    private static object? Index(object container, object index)
    {
        if (container is CelOptional optional)
            return new CelOptional(optional.Value is { } value ? TryIndex(value, index) : null);
        if (TryIndex(container, index) is { } found)
            return found;
        return container switch
        {
            CelList => throw new CelException($"index out of bounds: {CelConversion.ToText(index)}"),
            CelMap => throw new CelException($"no such key: {CelConversion.ToText(index)}"),
            _ => null,
        };
    }

    private static object? TryIndex(object container, object index) => (container, index) switch
    {
        (CelOptional optional, _) => optional.Value is { } value ? TryIndex(value, index) : null,
        (CelList list, long at) => at >= 0 && at < list.Items.Count ? list.Items[(int)at] : null,
        (CelMap map, _) => map.Find(index),
        (CelObject value, string name) => value.Find(name),
        _ => throw new CelException(CelException.NoOverload),
    };

    private static object? IsIn(object item, object container) => container switch
    {
        CelList list => Contains(list, item),
        CelMap map => map.Find(item) is not null,
        _ => null,
    };

    private static bool Contains(CelList list, object item) => list.Items.Any(other => CelEquality.AreEqual(other, item));

    private static bool IsZero(object value) => value switch
    {
        CelNull or false or 0L or 0UL or 0.0 or "" => true,
        CelList list => list.Items.Count == 0,
        CelMap map => map.Count == 0,
        CelObject map => map.Json.Count == 0,
        CelBytes bytes => bytes.Length == 0,
        TimeSpan duration => duration == TimeSpan.Zero,
        _ => false,
    };

    private static object? ToInt(object value) => value switch
    {
        long => value,
        ulong number => number <= long.MaxValue ? (long)number : throw new CelException("integer overflow"),
        double number => Math.Abs(number) < 9.2233720368547758e18 ? (long)number : throw new CelException("integer overflow"),
        string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : throw new CelException("type conversion error from 'string' to 'int'"),
        DateTimeOffset timestamp => timestamp.ToUnixTimeSeconds(),
        TimeSpan duration => duration.Ticks * 100,
        _ => null,
    };

    private static object? ToUInt(object value) => value switch
    {
        ulong => value,
        long number => number >= 0 ? (ulong)number : throw new CelException("unsigned integer overflow"),
        double number => number is >= 0 and < 1.8446744073709552e19 ? (ulong)number : throw new CelException("unsigned integer overflow"),
        string text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : throw new CelException("type conversion error from 'string' to 'uint'"),
        _ => null,
    };

    private static object? ToDouble(object value) => value switch
    {
        double => value,
        long number => (double)number,
        ulong number => (double)number,
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : throw new CelException("type conversion error from 'string' to 'double'"),
        _ => null,
    };

    private static bool ToBool(object value) => value switch
    {
        bool flag => flag,
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw new CelException("type conversion error from 'string' to 'bool'"),
    };

    private static object? ToDuration(object value) => value switch
    {
        TimeSpan => value,
        string text => CelTime.TryParseDuration(text, out var parsed) ? parsed : throw new CelException($"time: invalid duration {GoText.Quote(text)}"),
        long nanoseconds => TimeSpan.FromTicks(nanoseconds / 100),
        _ => null,
    };

    private static object? ToTimestamp(object value) => value switch
    {
        DateTimeOffset => value,
        string text => CelTime.TryParseTimestamp(text, out var parsed) ? parsed : throw new CelException($"parsing time {GoText.Quote(text)} failed"),
        long seconds => DateTimeOffset.FromUnixTimeSeconds(seconds),
        _ => null,
    };
}
