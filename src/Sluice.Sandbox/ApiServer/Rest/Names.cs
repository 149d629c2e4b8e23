using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Sandbox.ApiServer.Resources;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The syntax of names, labels and their like, with Kubernetes' words for what breaks it.</summary>
internal static partial class Names
{
    private const string LabelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainPattern = LabelPattern + @"(\." + LabelPattern + ")*";
    private const string ServiceLabelPattern = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private const string QualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string LabelValuePattern = "(" + QualifiedPattern + ")?";
    private const string EnvironmentPattern = "[-._a-zA-Z][-._a-zA-Z0-9]*";

    public static IEnumerable<string> Check(NameRule rule, string name) => rule switch
    {
        NameRule.Label => DnsLabel(name),
        NameRule.ServiceLabel => ServiceLabel(name),
        NameRule.PathSegment => PathSegment(name),
        _ => Subdomain(name),
    };

    public static IEnumerable<string> DnsLabel(string name)
    {
        if (name.Length > 63) yield return TooLong(63);
        if (!LabelExpression().IsMatch(name))
        {
            yield return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
                + $"character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LabelPattern}')";
        }
    }

    public static IEnumerable<string> Subdomain(string name)
    {
        if (name.Length > 253) yield return TooLong(253);
        if (!SubdomainExpression().IsMatch(name))
        {
            yield return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
                + $"alphanumeric character (e.g. 'example.com', regex used for validation is '{SubdomainPattern}')";
        }
    }

    public static IEnumerable<string> ServiceLabel(string name)
    {
        if (name.Length > 63) yield return TooLong(63);
        if (!ServiceLabelExpression().IsMatch(name))
        {
            yield return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
                + $"alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '{ServiceLabelPattern}')";
        }
    }

    public static IEnumerable<string> QualifiedName(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && name.LastIndexOf('/') > slash)
        {
            yield return "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                + $"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{QualifiedPattern}') with an optional DNS subdomain prefix "
                + "and '/' (e.g. 'example.com/MyName')";
            yield break;
        }

        var part = slash < 0 ? name : name[(slash + 1)..];
        if (slash == 0) yield return "prefix part must be non-empty";
        else if (slash > 0)
        {
            foreach (var detail in Subdomain(name[..slash])) yield return "prefix part " + detail;
        }

        if (part.Length == 0) yield return "name part must be non-empty";
        else if (part.Length > 63) yield return "name part must be no more than 63 bytes";
        if (!QualifiedExpression().IsMatch(part))
        {
            yield return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                + $"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{QualifiedPattern}')";
        }
    }

    public static IEnumerable<string> LabelValue(string value)
    {
        if (value.Length > 63) yield return "must be no more than 63 bytes";
        if (!LabelValueExpression().IsMatch(value))
        {
            yield return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                + $"alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '{LabelValuePattern}')";
        }
    }

    public static IEnumerable<string> EnvironmentVariable(string name)
    {
        if (!EnvironmentExpression().IsMatch(name))
        {
            yield return "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit "
                + $"(e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '{EnvironmentPattern}')";
        }
    }

    public static string Quote(string text) => ControlCharacter().Replace(JsonValue.Create(text).ToJsonString(Plain), @"\x${code}");

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static IEnumerable<string> PathSegment(string name)
    {
        if (name is "." or "..") yield return $"may not be '{name}'";
        foreach (var forbidden in (string[])["/", "%"])
        {
            if (name.Contains(forbidden, StringComparison.Ordinal)) yield return $"may not contain '{forbidden}'";
        }
    }

    private static string TooLong(int limit) => $"must be no more than {limit} characters";

    // Go writes \x01 where JSON has \u0001.
    [GeneratedRegex(@"\\u00(?<code>[01][0-9A-Fa-f]|7[Ff])", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ControlCharacter();

    [GeneratedRegex(@"\A" + LabelPattern + @"\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LabelExpression();

    [GeneratedRegex(@"\A" + SubdomainPattern + @"\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SubdomainExpression();

    [GeneratedRegex(@"\A" + ServiceLabelPattern + @"\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ServiceLabelExpression();

    [GeneratedRegex(@"\A" + QualifiedPattern + @"\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex QualifiedExpression();

    [GeneratedRegex(@"\A" + LabelValuePattern + @"\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LabelValueExpression();

    [GeneratedRegex(@"\A" + EnvironmentPattern + @"\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex EnvironmentExpression();
}
