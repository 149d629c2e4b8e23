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
        return $"parsing time \"{text}\" as \"{Layout}\": cannot parse \"{rest}\" as \"{expected}\"";
    }

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SecondsExpression();
}

internal sealed class LeaseRules : KindRules
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool TracksGeneration => true;

    public override string? Undecodable(JsonObject value)
    {
        foreach (var name in (string[])["acquireTime", "renewTime"])
        {
            if (value.Object("spec").String(name) is { } text && MicroTime.Undecodable(text) is { } why) return why;
        }

        return null;
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
