namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>Equality and order of values.</summary>
internal static class CelEquality
{
    public static bool AreEqual(object left, object right)
    {
        switch (left, right)
        {
            case (CelObject a, CelObject b):
                return ObjectsEqual(a, b);
            case (CelList a, CelList b):
                return ListsEqual(a, b);
            case (CelMap a, CelMap b):
                return a.Count == b.Count && a.Keys.All(key => b.Find(key) is { } other && AreEqual(a.Find(key)!, other));
            case (CelOptional a, CelOptional b):
                return a.HasValue == b.HasValue && (!a.HasValue || AreEqual(a.Value!, b.Value!));
            case (CelNull, CelNull):
                return true;
            default:
                return TryCompareNumbers(left, right, out var order) ? order == 0 : left.Equals(right);
        }
    }

    /// <summary>Less than zero, zero or more, as of <see cref="IComparable"/>.</summary>
    /// <exception cref="CelException">The values have no order.</exception>
    public static int Compare(object left, object right)
    {
        if (TryCompareNumbers(left, right, out var order))
            return order;
        return (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            (bool a, bool b) => a.CompareTo(b),
            (TimeSpan a, TimeSpan b) => a.CompareTo(b),
            (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
            (CelBytes a, CelBytes b) => a.Span.SequenceCompareTo(b.Span),
            _ => throw new CelException(CelException.NoOverload),
        };
    }

    // NaN is neither less nor equal nor more; null stands for that.
    private static bool TryCompareNumbers(object left, object right, out int order)
    {
        order = 0;
        switch (left, right)
        {
            case (long a, long b):
                order = a.CompareTo(b);
                return true;
            case (ulong a, ulong b):
                order = a.CompareTo(b);
                return true;
            case (double a, double b):
                order = a.CompareTo(b);
                return true;
            case (long a, ulong b):
                order = a < 0 ? -1 : ((ulong)a).CompareTo(b);
                return true;
            case (ulong a, long b):
                order = b < 0 ? 1 : a.CompareTo((ulong)b);
                return true;
            case (double a, long or ulong):
                order = a.CompareTo(Convert.ToDouble(right, System.Globalization.CultureInfo.InvariantCulture));
                return true;
            case (long or ulong, double b):
                order = Convert.ToDouble(left, System.Globalization.CultureInfo.InvariantCulture).CompareTo(b);
                return true;
            default:
                return false;
        }
    }

    private static bool ObjectsEqual(CelObject left, CelObject right)
    {
        var fields = left.Json.Select(field => field.Key).Union(right.Json.Select(field => field.Key));
        return fields.All(name =>
        {
            if (!left.Json.TryGetPropertyValue(name, out var a) || !right.Json.TryGetPropertyValue(name, out var b))
                return false;
            // Fields that the schema does not type are compared as they stand.
            return left.Schema.Properties.TryGetValue(name, out var schema)
                ? AreEqual(CelConversion.FromJson(a, schema), CelConversion.FromJson(b, schema))
                : JsonNumber.DeepEquals(a, b);
        });
    }

    private static bool ListsEqual(CelList left, CelList right)
    {
        if (left.Items.Count != right.Items.Count)
            return false;
        // The left side decides, as on a Kubernetes API server: a literal compared with a set is compared in order.
        return left.Kind == ListType.Atomic
            ? left.Items.Zip(right.Items).All(pair => AreEqual(pair.First, pair.Second))
            : left.Items.All(item => right.Items.Any(other => AreEqual(item, other)));
    }
}
