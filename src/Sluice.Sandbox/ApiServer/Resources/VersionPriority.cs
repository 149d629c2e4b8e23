using System.Globalization;

namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>Kubernetes' order of versions: GA before beta before alpha, higher numbers first, anything else last by name.</summary>
internal sealed class VersionPriority : IComparer<string>
{
    public static readonly VersionPriority Instance = new();

    public int Compare(string? x, string? y)
    {
        var (left, right) = (Rank(x ?? ""), Rank(y ?? ""));
        var byRank = right.CompareTo(left);
        return byRank != 0 ? byRank : string.CompareOrdinal(x, y);
    }

    // (stability 3..0, major, minor): v2 > v1 > v2beta1 > v1beta2 > v1alpha1 > anything.
    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        if (version.Length < 2 || version[0] != 'v') return default;
        var digits = version[1..].TakeWhile(char.IsAsciiDigit).Count();
        if (digits == 0) return default;
        var major = int.Parse(version.AsSpan(1, digits), CultureInfo.InvariantCulture);
        var rest = version[(1 + digits)..];
        if (rest.Length == 0) return (3, major, 0);
        if (rest.StartsWith("beta", StringComparison.Ordinal) && int.TryParse(rest.AsSpan(4), out var beta)) return (2, major, beta);
        if (rest.StartsWith("alpha", StringComparison.Ordinal) && int.TryParse(rest.AsSpan(5), out var alpha)) return (1, major, alpha);
        return default;
    }
}
