using System.Globalization;
using Sluice.Api.Values;

namespace Sluice.Operator.Hosting.Options;

/// <summary>Reads values into their types; what is wrong is collected as one line each, naming the option, its value and where that came from.</summary>
internal sealed class SettingReader(SettingValues values, List<string> problems)
{
    public string? Text(Setting setting) => values.Find(setting)?.Text;

    public bool Switch(Setting setting, bool otherwise) =>
        Read(setting, otherwise, "must be true or false", static (string text, out bool value) => bool.TryParse(text, out value));

    public int Number(Setting setting, int otherwise, int from, int to) =>
        Read(setting, otherwise, $"must be a whole number from {from} to {to}",
            (string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= from && value <= to);

    public TimeSpan Duration(Setting setting, TimeSpan otherwise, TimeSpan atLeast) =>
        Read(setting, otherwise, $"must be a duration such as 60s, {GoDuration.Format(atLeast)} or more",
            (string text, out TimeSpan value) => GoDuration.TryParse(text, out value) && value >= atLeast);

    public TimeSpan Duration(Setting setting, TimeSpan otherwise, TimeSpan from, TimeSpan to) =>
        Read(setting, otherwise, $"must be a duration from {GoDuration.Format(from)} to {GoDuration.Format(to)}",
            (string text, out TimeSpan value) => GoDuration.TryParse(text, out value) && value >= from && value <= to);

    public EndpointAddress Address(Setting setting, EndpointAddress otherwise) =>
        Read(setting, otherwise, "must be [HOST]:PORT with an IP address or nothing as HOST, or 0 for none",
            static (string text, out EndpointAddress value) => EndpointAddress.TryParse(text, out value!));

    public T Choice<T>(Setting setting, T otherwise, IReadOnlyDictionary<string, T> choices) =>
        Read(setting, otherwise, $"must be one of {string.Join(", ", choices.Keys)}",
            (string text, out T value) => choices.TryGetValue(text.ToLowerInvariant(), out value!));

    public IReadOnlyList<string> Namespaces(Setting setting) =>
        Read(setting, [], "must be the name of a namespace, or several separated by commas", static (string text, out IReadOnlyList<string> value) =>
        {
            value = text.Split(',', StringSplitOptions.TrimEntries);
            return value.All(IsNamespace);
        });

    public string? Namespace(Setting setting) =>
        Read<string?>(setting, null, "must be the name of a namespace", static (string text, out string? value) => IsNamespace(value = text));

    /// <summary>An http(s) URL; one with credentials is refused, because options are logged.</summary>
    public Uri? Url(Setting setting) =>
        Read<Uri?>(setting, null, "must be an http or https URL without credentials", static (string text, out Uri? value) =>
            Uri.TryCreate(text, UriKind.Absolute, out value) && value is { Scheme: "http" or "https", UserInfo: "" });

    private delegate bool Parser<T>(string text, out T value);

    private T Read<T>(Setting setting, T otherwise, string rule, Parser<T> parse)
    {
        if (values.Find(setting) is not { } given) return otherwise;
        if (parse(given.Text, out var value)) return value;

        // What was meant for a URL may hold a password.
        var shown = given.Text.Contains('@', StringComparison.Ordinal) ? "" : $" '{given.Text}'";
        problems.Add($"{setting.Name}{shown} (from {given.Origin}): {rule}");
        return otherwise;
    }

    /// <summary>A DNS label, as of RFC 1123.</summary>
    private static bool IsNamespace(string? name) =>
        name is { Length: > 0 and <= 63 } && name[0] != '-' && name[^1] != '-'
        && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
