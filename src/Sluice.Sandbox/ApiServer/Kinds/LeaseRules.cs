using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Kinds;

/// <summary>Times with exactly six digits of a second's fraction, as <c>metav1.MicroTime</c> reads and writes them.</summary>
internal static partial class MicroTime
{
    private const string Layout = "2006-01-02T15:04:05.000000Z07:00";

    /// <summary>What is wrong with a text, in the words of Go's time package; null where it is a time.</summary>
    public static string? Undecodable(string text)
    {
        if (Expression().IsMatch(text)) return null;
        var head = SecondsExpression().Match(text);
        var rest = head.Success ? text[head.Length..] : text;
        var expected = head.Success ? ".000000" : "2006";
        if (FractionExpression().Match(rest) is { Success: true } fraction) (rest, expected) = (rest[fraction.Length..], "Z07:00");
        return $"parsing time \"{text}\" as \"{Layout}\": cannot parse \"{rest}\" as \"{expected}\"";
    }

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Expression();

    /// <summary>The same moment in UTC, which is how such times are stored; any other text as it is.</summary>
    public static string ToUtc(string text) => Expression().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time)
        ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
        : text;

    [GeneratedRegex(@"\A\.\d{6}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FractionExpression();

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SecondsExpression();
}

internal sealed class LeaseRules : KindRules
{
    private static readonly string[] Times = ["acquireTime", "renewTime"];

    public override bool AllowsCreateOnUpdate => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool TracksGeneration => true;

    public override string? Undecodable(JsonObject value)
    {
        foreach (var name in Times)
        {
            if (value.Object("spec").String(name) is { } text && MicroTime.Undecodable(text) is { } why) return why;
        }

        return null;
    }

    public override void ApplyDefaults(JsonObject value)
    {
        if (value.Object("spec") is not { } spec) return;
        foreach (var name in Times)
        {
            if (spec.String(name) is { } text) spec[name] = MicroTime.ToUtc(text);
        }
    }

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var spec = value.Object("spec");
        if (spec.Integer("leaseDurationSeconds") is { } seconds and <= 0)
        {
            errors.Add(FieldError.Invalid("spec.leaseDurationSeconds", $"{seconds}", "must be greater than 0"));
        }

        if (spec.Integer("leaseTransitions") is { } transitions and < 0)
        {
            errors.Add(FieldError.Invalid("spec.leaseTransitions", $"{transitions}", "must be greater than or equal to 0"));
        }
    }
}
