using System.Globalization;
using System.Text;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>The functions of CEL's string extensions. Positions count characters (Unicode code points).</summary>
internal static class CelStrings
{
    /// <summary>The result of a string method; null when the arguments fit none.</summary>
    public static object? Call(string function, string text, IReadOnlyList<object> arguments) => (function, arguments) switch
    {
        ("size", []) => (long)Length(text),
        ("contains", [string part]) => text.Contains(part, StringComparison.Ordinal),
        ("startsWith", [string part]) => text.StartsWith(part, StringComparison.Ordinal),
        ("endsWith", [string part]) => text.EndsWith(part, StringComparison.Ordinal),
        ("matches", [string pattern]) => Pattern(pattern).IsMatch(text),
        ("find", [string pattern]) => Pattern(pattern).Match(text).Value,
        ("findAll", [string pattern]) => FindAll(text, pattern, long.MaxValue),
        ("findAll", [string pattern, long limit]) => FindAll(text, pattern, limit < 0 ? long.MaxValue : limit),
        ("charAt", [long index]) => CharAt(text, index),
        ("indexOf", [string part]) => IndexOf(text, part, 0),
        ("indexOf", [string part, long from]) => IndexOf(text, part, from),
        ("lastIndexOf", [string part]) => LastIndexOf(text, part, Length(text)),
        ("lastIndexOf", [string part, long from]) => LastIndexOf(text, part, from),
        ("lowerAscii", []) => MapAscii(text, char.ToLowerInvariant),
        ("upperAscii", []) => MapAscii(text, char.ToUpperInvariant),
        ("replace", [string part, string with]) => Replace(text, part, with, -1),
        ("replace", [string part, string with, long limit]) => Replace(text, part, with, limit),
        ("split", [string separator]) => Split(text, separator, -1),
        ("split", [string separator, long limit]) => Split(text, separator, limit),
        ("substring", [long start]) => Substring(text, start, Length(text)),
        ("substring", [long start, long end]) => Substring(text, start, end),
        ("trim", []) => text.Trim(),
        ("format", [CelList values]) => Format(text, values),
        _ => null,
    };

    public static string Join(CelList list, string separator) =>
        string.Join(separator, list.Items.Select(item => item as string ?? throw new CelException(CelException.NoOverload)));

    private static int Length(string text) => text.EnumerateRunes().Count();

    private static System.Text.RegularExpressions.Regex Pattern(string pattern) =>
        Patterns.Find(pattern) ?? throw new CelException($"error parsing regexp: `{pattern}`");

    private static CelList FindAll(string text, string pattern, long limit) =>
        new([.. Pattern(pattern).Matches(text).Take((int)Math.Min(limit, int.MaxValue)).Select(match => (object)match.Value)]);

    private static string CharAt(string text, long index)
    {
        var length = Length(text);
        if (index < 0 || index > length)
            throw new CelException($"index out of range: {index}");
        return index == length ? "" : text.EnumerateRunes().ElementAt((int)index).ToString();
    }

    private static long IndexOf(string text, string part, long from)
    {
        var runes = text.EnumerateRunes().ToList();
        if (from < 0 || from > runes.Count)
            throw new CelException($"index out of range: {from}");
        var sought = part.EnumerateRunes().ToList();
        for (var start = (int)from; start + sought.Count <= runes.Count; start++)
        {
            if (sought.SequenceEqual(runes.Skip(start).Take(sought.Count)))
                return start;
        }

        return -1;
    }

    private static long LastIndexOf(string text, string part, long from)
    {
        var runes = text.EnumerateRunes().ToList();
        if (from < 0 || from > runes.Count)
            throw new CelException($"index out of range: {from}");
        var sought = part.EnumerateRunes().ToList();
        for (var start = (int)Math.Min(from, runes.Count - sought.Count); start >= 0; start--)
        {
            if (sought.SequenceEqual(runes.Skip(start).Take(sought.Count)))
                return start;
        }

        return -1;
    }

    private static string MapAscii(string text, Func<char, char> map) =>
        string.Concat(text.Select(character => char.IsAscii(character) ? map(character) : character));

    private static string Replace(string text, string part, string with, long limit)
    {
        if (limit < 0 && part.Length > 0)
            return text.Replace(part, with, StringComparison.Ordinal);
        if (part.Length == 0)
            return limit == 0 ? text : with + string.Join(with, text.EnumerateRunes()) + (text.Length > 0 ? with : "");

        var result = new StringBuilder();
        var at = 0;
        for (; limit > 0 && text.IndexOf(part, at, StringComparison.Ordinal) is >= 0 and var found; limit--)
        {
            result.Append(text, at, found - at).Append(with);
            at = found + part.Length;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static CelList Split(string text, string separator, long limit)
    {
        if (limit == 0)
            return new CelList([]);
        if (separator.Length == 0)
            return new CelList([.. text.EnumerateRunes().Select(rune => (object)rune.ToString())]);
        var count = limit < 0 ? int.MaxValue : (int)Math.Min(limit, int.MaxValue);
        return new CelList([.. text.Split(separator, count)]);
    }

    private static string Substring(string text, long start, long end)
    {
        var runes = text.EnumerateRunes().ToList();
        if (start < 0 || start > runes.Count)
            throw new CelException($"index out of range: {start}");
        if (end < 0 || end > runes.Count)
            throw new CelException($"index out of range: {end}");
        if (start > end)
            throw new CelException($"invalid substring range. start: {start}, end: {end}");
        return string.Concat(runes.Skip((int)start).Take((int)(end - start)));
    }

    private static string Format(string pattern, CelList values)
    {
        var result = new StringBuilder();
        var next = 0;
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] != '%')
            {
                result.Append(pattern[at]);
                continue;
            }

            at++;
            if (at < pattern.Length && pattern[at] == '%')
            {
                result.Append('%');
                continue;
            }

            var precision = 6;
            if (at < pattern.Length && pattern[at] == '.')
            {
                var digits = string.Concat(pattern.Skip(at + 1).TakeWhile(char.IsAsciiDigit));
                precision = digits.Length > 0 ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
                at += 1 + digits.Length;
            }

            if (next >= values.Items.Count)
                throw new CelException($"index {next} out of range");
            result.Append(FormatValue(at < pattern.Length ? pattern[at] : '\0', values.Items[next++], precision));
        }

        return result.ToString();
    }

    private static string FormatValue(char verb, object value, int precision) => (verb, value) switch
    {
        ('s', _) => Text(value),
        ('d', long or ulong) => CelConversion.ToText(value),
        ('f', double number) => number.ToString($"F{precision}", CultureInfo.InvariantCulture),
        ('e', double number) => Scientific(number, precision),
        ('x', long number) => number.ToString("x", CultureInfo.InvariantCulture),
        ('X', long number) => number.ToString("X", CultureInfo.InvariantCulture),
        ('b', long number) => Convert.ToString(number, 2),
        ('o', long number) => Convert.ToString(number, 8),
        _ => throw new CelException($"could not parse formatting clause: unrecognized formatting clause \"{verb}\""),
    };

    // 1.234500×10⁰³
    private static string Scientific(double number, int precision)
    {
        var parts = number.ToString($"0.{new string('0', precision)}e+00", CultureInfo.InvariantCulture).Split('e');
        var exponent = parts[1].TrimStart('+').Select(character => character == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[character - '0']);
        return $"{parts[0]}×10{string.Concat(exponent)}";
    }

    private static string Text(object value) => value switch
    {
        CelNull => "null",
        CelList list => $"[{string.Join(", ", list.Items.Select(Nested))}]",
        CelMap map => $"{{{string.Join(", ", map.Keys.Select(key => $"{Nested(key)}:{Nested(map.Find(key)!)}").Order(StringComparer.Ordinal))}}}",
        CelTypeName type => type.Name,
        _ => CelConversion.ToText(value),
    };

    // Strings within lists and maps are quoted.
    private static string Nested(object value) => value is string text ? GoText.Quote(text) : Text(value);
}
