using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>The string formats that a schema may ask for. A format that is not known here is not checked, as on a Kubernetes API server.</summary>
internal static partial class ValueFormats
{
    private static readonly Dictionary<string, Func<string, bool>> Checks = new()
    {
        ["datetime"] = IsDateTime,
        ["date"] = IsDate,
        ["duration"] = IsDuration,
        ["email"] = IsEmail,
        ["hostname"] = text => text.Length <= 255 && Hostname().IsMatch(text),
        ["ipv4"] = text => IsAddress(text, AddressFamily.InterNetwork),
        ["ipv6"] = text => IsAddress(text, AddressFamily.InterNetworkV6),
        ["cidr"] = IsCidr,
        ["mac"] = text => Mac().IsMatch(text),
        ["uri"] = text => text.StartsWith('/') || (Uri.TryCreate(text, UriKind.Absolute, out _) && Scheme().IsMatch(text)),
        ["uuid"] = text => Uuid().IsMatch(text),
        ["uuid3"] = text => Uuid().IsMatch(text) && VersionOf(text) == '3',
        ["uuid4"] = text => Uuid().IsMatch(text) && VersionOf(text) == '4',
        ["uuid5"] = text => Uuid().IsMatch(text) && VersionOf(text) == '5',
        ["byte"] = text => Convert.TryFromBase64String(text, new byte[text.Length], out _),
        ["hexcolor"] = text => HexColor().IsMatch(text),
        ["rgbcolor"] = text => RgbColor().IsMatch(text),
        ["bsonobjectid"] = text => ObjectId().IsMatch(text),
        ["ssn"] = text => Ssn().IsMatch(text),
        ["password"] = _ => true,
        ["k8sshortname"] = text => text.Length <= 63 && DnsLabel().IsMatch(text),
        ["k8slongname"] = text => text.Length <= 253 && text.Split('.').All(label => DnsLabel().IsMatch(label)),
    };

    /// <summary>True when the format is known for strings; dashes in its name do not count.</summary>
    public static bool IsKnown(string format) => Checks.ContainsKey(Normalized(format));

    public static bool Matches(string format, string text) => !Checks.TryGetValue(Normalized(format), out var check) || check(text);

    private static string Normalized(string format) => format.Replace("-", "", StringComparison.Ordinal);

    private static bool IsDateTime(string text)
    {
        var parts = text.ToLowerInvariant().Split('t');
        return parts.Length >= 2 && IsDate(parts[0]) && Time().Match(parts[1]) is { Success: true } match
            && int.Parse(match.Groups["hour"].ValueSpan, CultureInfo.InvariantCulture) <= 23
            && int.Parse(match.Groups["minute"].ValueSpan, CultureInfo.InvariantCulture) <= 59
            && int.Parse(match.Groups["second"].ValueSpan, CultureInfo.InvariantCulture) <= 59;
    }

    private static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    // Go's own form (1h30m), or a number and a unit in words (2 weeks).
    private static bool IsDuration(string text) => text == "0" || GoDuration().IsMatch(text) || WordDuration().IsMatch(text);

    private static bool IsEmail(string text) => Email().IsMatch(text) || NamedEmail().IsMatch(text);

    private static bool IsAddress(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family
        && (family == AddressFamily.InterNetworkV6 || text.Count(character => character == '.') == 3);

    private static bool IsCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
            return false;
        var address = text[..slash];
        return (IsAddress(address, AddressFamily.InterNetwork) && bits <= 32) || (IsAddress(address, AddressFamily.InterNetworkV6) && bits <= 128);
    }

    private static char VersionOf(string uuid) => uuid.Replace("-", "", StringComparison.Ordinal)[12];

    [GeneratedRegex(@"^(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(\.\d+)?(z|[+-]\d{2}:\d{2})$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Time();

    [GeneratedRegex(@"^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex GoDuration();

    [GeneratedRegex(@"^\d+\s*(ns|nanos?|nanoseconds?|us|µs|μs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex WordDuration();

    [GeneratedRegex(@"^[^\s@<>""(),:;\[\]\\]+@[^\s@<>""(),:;\[\]\\]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Email();

    [GeneratedRegex(@"^[^<>]*<[^\s@<>]+@[^\s@<>]+>$", RegexOptions.NonBacktracking)]
    private static partial Regex NamedEmail();

    [GeneratedRegex(@"^[a-zA-Z]([-0-9a-zA-Z]*[0-9a-zA-Z])?(\.[a-zA-Z]([-0-9a-zA-Z]*[0-9a-zA-Z])?)*\.[a-zA-Z]{2,}$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9+.-]*:", RegexOptions.NonBacktracking)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5,19}|[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2,9})$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$", RegexOptions.NonBacktracking)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^rgb\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*\)$", RegexOptions.NonBacktracking)]
    private static partial Regex RgbColor();

    [GeneratedRegex("^[0-9a-fA-F]{24}$", RegexOptions.NonBacktracking)]
    private static partial Regex ObjectId();

    [GeneratedRegex(@"^\d{3}[- ]?\d{2}[- ]?\d{4}$", RegexOptions.NonBacktracking)]
    private static partial Regex Ssn();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex DnsLabel();
}
