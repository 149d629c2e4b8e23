namespace Sluice.Api.Schema;

/// <summary>Regular expressions (RE2) of the textual values; the parsers in <c>Sluice.Api.Values</c> accept nothing that these refuse.</summary>
internal static class Patterns
{
    /// <summary>Go duration without a sign: <c>90s</c>, <c>1h30m</c>, <c>0</c>.</summary>
    public const string Duration = @"^(0|([0-9]+(\.[0-9]+)?(h|m|s|ms))+)$";

    /// <summary>A share of a whole, 0 to 1: <c>1%</c>, <c>0.01</c>.</summary>
    public const string Share = @"^((100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%|0(\.[0-9]+)?|1(\.0+)?)$";

    /// <summary>A factor that is not negative: <c>1.5</c>.</summary>
    public const string Factor = @"^[0-9]+(\.[0-9]+)?$";

    /// <summary>Any number: <c>250</c>, <c>-0.5</c>, <c>1e-3</c>, or a percentage.</summary>
    public const string Scalar = @"^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]{1,3}|%)?$";

    /// <summary>A count of pods is a number; as a text it is a percentage from 0 to 100.</summary>
    public const string PodPercentage = @"^(100|[0-9]{1,2})%$";

    /// <summary>A join that is no number.</summary>
    public const string Join = "^(All|Any)$";

    /// <summary>A name as in an object's metadata (RFC 1123 label).</summary>
    public const string DnsLabel = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>Name of an argument, as it stands between <c>{{</c> and <c>}}</c>.</summary>
    public const string ArgName = "^[A-Za-z_][-A-Za-z0-9_]*$";

    /// <summary>A name as in an object's metadata (RFC 1123 subdomain).</summary>
    public const string DnsSubdomain = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
}
