using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Api.Schema;
using Sluice.Api.Values;

namespace Sluice.Api.Tests.Crd;

/// <summary>The API server knows patterns, the operator knows parsers: neither may let through what the other does not understand.</summary>
public sealed class PatternTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(5_000).WithEndSize(24);

    private static Arbitrary<string> Texts(params string[] pieces) =>
        Gen.Elements(pieces).ArrayOf().Select(parts => string.Concat(parts)).Where(text => text.Length <= 32).ToArbitrary();

    private static bool Matches(string pattern, string text) => Regex.IsMatch(text, pattern.Replace("$", "\\z", StringComparison.Ordinal), RegexOptions.None, TimeSpan.FromSeconds(10));

    [Fact]
    public void A_duration_is_what_the_parser_takes_unless_it_is_longer_than_any_release() =>
        Prop.ForAll(
            Texts("0", "1", "30", "5", ".", "h", "m", "s", "ms", "us", "-", " ", "d"),
            text => GoDuration.TryParse(text, out _) == Matches(Patterns.Duration, text) || IsLong(text)).Check(Cases);

    [Fact]
    public void A_share_is_what_the_parser_takes() =>
        Prop.ForAll(
            Texts("0", "1", "5", "00", "100", ".", "%", "-", "e1", " "),
            text => !Matches(Patterns.Share, text) || (Ratio.TryParseShare(text, out var share) && share >= 0)).Check(Cases);

    [Fact]
    public void A_factor_is_what_the_parser_takes() =>
        Prop.ForAll(
            Texts("0", "1", "5", ".", "%", "-", "e1", " "),
            text => !Matches(Patterns.Factor, text) || (Ratio.TryParse(text, out var factor) && factor >= 0)).Check(Cases);

    [Fact]
    public void A_scalar_is_what_the_parser_takes() =>
        Prop.ForAll(
            Texts("0", "1", "25", ".", "%", "-", "e1", "e-3", "e+2", " "),
            text => !Matches(Patterns.Scalar, text) || Ratio.TryParseScalar(text, out _)).Check(Cases);

    /// <summary>Durations beyond ten years match the pattern; the operator reports them.</summary>
    private static bool IsLong(string text) => Matches(Patterns.Duration, text) && Regex.IsMatch(text, "[0-9]{5,}", RegexOptions.None, TimeSpan.FromSeconds(10));
}
