namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>The arithmetic operators. Integers do not wrap around: an overflow is an error.</summary>
internal static class CelArithmetic
{
    /// <summary>The operator's result; null when it does not take these operands.</summary>
    public static object? Call(string function, object left, object right)
    {
        try
        {
            return checked((function, left, right) switch
            {
                ("_+_", long a, long b) => a + b,
                ("_+_", ulong a, ulong b) => a + b,
                ("_+_", double a, double b) => a + b,
                ("_+_", string a, string b) => a + b,
                ("_+_", CelBytes a, CelBytes b) => new CelBytes([.. a.Span, .. b.Span]),
                ("_+_", CelList a, CelList b) => Join(a, b),
                ("_+_", TimeSpan a, TimeSpan b) => a + b,
                ("_+_", DateTimeOffset a, TimeSpan b) => a + b,
                ("_+_", TimeSpan a, DateTimeOffset b) => b + a,
                ("_-_", long a, long b) => a - b,
                ("_-_", ulong a, ulong b) => a - b,
                ("_-_", double a, double b) => a - b,
                ("_-_", DateTimeOffset a, DateTimeOffset b) => a - b,
                ("_-_", DateTimeOffset a, TimeSpan b) => a - b,
                ("_-_", TimeSpan a, TimeSpan b) => a - b,
                ("_*_", long a, long b) => a * b,
                ("_*_", ulong a, ulong b) => a * b,
                ("_*_", double a, double b) => a * b,
                ("_/_", double a, double b) => a / b,
                ("_/_", long or ulong, 0L or 0UL) => throw new CelException("division by zero"),
                ("_/_", long a, long b) => a / b,
                ("_/_", ulong a, ulong b) => a / b,
                ("_%_", long or ulong, 0L or 0UL) => throw new CelException("modulus by zero"),
                ("_%_", long a, long b) => b == -1 ? 0L : a % b,
                ("_%_", ulong a, ulong b) => a % b,
                _ => (object?)null,
            });
        }
        catch (Exception overflow) when (overflow is OverflowException or ArgumentOutOfRangeException)
        {
            throw new CelException(left is ulong ? "unsigned integer overflow" : left is DateTimeOffset ? "timestamp overflow" : "integer overflow");
        }
    }

    // A set takes in what it lacks; a keyed list takes the right side's items for keys that both have, in place.
    private static CelList Join(CelList left, CelList right)
    {
        switch (left.Kind)
        {
            case ListType.Set:
                return left with { Items = [.. left.Items, .. right.Items.Where(item => !left.Items.Any(other => CelEquality.AreEqual(item, other)))] };
            case ListType.Map:
                List<object> joined = [.. left.Items];
                foreach (var item in right.Items)
                {
                    var index = joined.FindIndex(other => HaveSameKey(left.Schema!, other, item));
                    if (index >= 0)
                        joined[index] = item;
                    else
                        joined.Add(item);
                }

                return left with { Items = joined };
            default:
                return new CelList([.. left.Items, .. right.Items]);
        }
    }

    private static bool HaveSameKey(StructuralSchema schema, object left, object right) =>
        left is CelObject a && right is CelObject b && schema.ListMapKeys.All(key => JsonNumber.DeepEquals(a.Json[key], b.Json[key]));
}
