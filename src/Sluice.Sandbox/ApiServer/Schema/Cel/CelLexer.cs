using System.Text;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

internal enum CelTokenKind
{
    End,
    Identifier,
    Symbol,
    Int,
    UInt,
    Double,
    String,
    Bytes,
}

/// <summary>A token; its text is as written, but for strings and bytes what they stand for.</summary>
internal sealed record CelToken(CelTokenKind Kind, int Position, string Text);

/// <summary>Splits an expression into tokens.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols =
        ["&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "+", "-", "*", "/", "%", "!", "<", ">"];

    private readonly List<CelToken> _tokens = [];
    private int _at;

    public List<CelIssue> Issues { get; } = [];

    public IReadOnlyList<CelToken> Read()
    {
        while (SkipBlank())
            ReadToken();
        _tokens.Add(new CelToken(CelTokenKind.End, text.Length, "<EOF>"));
        return _tokens;
    }

    private bool SkipBlank()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
                _at++;
            else if (text.AsSpan(_at).StartsWith("//"))
                _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
            else
                return true;
        }

        return false;
    }

    private void ReadToken()
    {
        var character = text[_at];
        if (StringPrefixLength() is >= 0 and var prefix)
            ReadString(prefix);
        else if (char.IsAsciiDigit(character) || (character == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
            ReadNumber();
        else if (char.IsAsciiLetter(character) || character == '_')
            ReadIdentifier();
        else
            ReadSymbol();
    }

    private void ReadSymbol()
    {
        if (Array.Find(Symbols, symbol => text.AsSpan(_at).StartsWith(symbol)) is { } found)
        {
            _tokens.Add(new CelToken(CelTokenKind.Symbol, _at, found));
            _at += found.Length;
            return;
        }

        // The start of a two-character operator takes the next character along.
        var length = text[_at] is '=' or '&' or '|' ? Math.Min(2, text.Length - _at) : 1;
        Unrecognized(_at, length);
    }

    private void ReadIdentifier()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            _at++;
        _tokens.Add(new CelToken(CelTokenKind.Identifier, start, text[start.._at]));
    }

    private void ReadNumber()
    {
        var start = _at;
        if (text.AsSpan(_at).StartsWith("0x") || text.AsSpan(_at).StartsWith("0X"))
        {
            _at += 2;
            SkipWhile(char.IsAsciiHexDigit);
            AddInteger(start);
            return;
        }

        SkipWhile(char.IsAsciiDigit);
        var isDouble = false;
        if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            isDouble = true;
            _at++;
            SkipWhile(char.IsAsciiDigit);
        }

        if (ExponentLength() is > 0 and var exponent)
        {
            isDouble = true;
            _at += exponent;
            SkipWhile(char.IsAsciiDigit);
        }

        if (isDouble)
            _tokens.Add(new CelToken(CelTokenKind.Double, start, text[start.._at]));
        else
            AddInteger(start);
    }

    private void AddInteger(int start)
    {
        var digits = text[start.._at];
        var isUnsigned = _at < text.Length && text[_at] is 'u' or 'U';
        if (isUnsigned)
            _at++;
        _tokens.Add(new CelToken(isUnsigned ? CelTokenKind.UInt : CelTokenKind.Int, start, digits));
    }

    private int ExponentLength()
    {
        if (_at + 1 >= text.Length || text[_at] is not ('e' or 'E'))
            return 0;
        var sign = text[_at + 1] is '+' or '-' ? 1 : 0;
        return _at + 1 + sign < text.Length && char.IsAsciiDigit(text[_at + 1 + sign]) ? 1 + sign : 0;
    }

    private void SkipWhile(Func<char, bool> belongs)
    {
        while (_at < text.Length && belongs(text[_at]))
            _at++;
    }

    // r'', b'', rb'' and br'' are strings too; -1 where no string begins.
    private int StringPrefixLength()
    {
        for (var length = 0; length <= 2 && _at + length < text.Length; length++)
        {
            if (text[_at + length] is '"' or '\'')
                return length;
            if (text[_at + length] is not ('r' or 'R' or 'b' or 'B'))
                return -1;
        }

        return -1;
    }

    private void ReadString(int prefixLength)
    {
        var start = _at;
        var prefix = text.Substring(start, prefixLength).ToLowerInvariant();
        var isRaw = prefix.Contains('r', StringComparison.Ordinal);
        var isBytes = prefix.Contains('b', StringComparison.Ordinal);
        var quote = text[start + prefixLength].ToString();
        var isTriple = text.AsSpan(start + prefixLength).StartsWith(quote + quote + quote);
        var delimiter = isTriple ? quote + quote + quote : quote;
        _at = start + prefixLength + delimiter.Length;
        var content = new StringBuilder();
        while (_at < text.Length && !text.AsSpan(_at).StartsWith(delimiter))
        {
            if (text[_at] == '\n' && !isTriple)
                break;
            if (text[_at] != '\\' || isRaw)
                content.Append(text[_at++]);
            else if (!ReadEscape(content, isBytes))
                return;
        }

        if (_at >= text.Length || text[_at] == '\n')
        {
            Unrecognized(start, _at - start);
            return;
        }

        _at += delimiter.Length;
        _tokens.Add(new CelToken(isBytes ? CelTokenKind.Bytes : CelTokenKind.String, start, content.ToString()));
    }

    private bool ReadEscape(StringBuilder content, bool isBytes)
    {
        var start = _at++;
        var escaped = _at < text.Length ? text[_at++] : '\0';
        var simple = "abfnrtv\\'\"`?".IndexOf(escaped, StringComparison.Ordinal);
        if (simple >= 0)
        {
            content.Append("\a\b\f\n\r\t\v\\'\"`?"[simple]);
            return true;
        }

        var (digits, radix) = escaped switch
        {
            'x' or 'X' => (2, 16),
            'u' when !isBytes => (4, 16),
            'U' when !isBytes => (8, 16),
            >= '0' and <= '3' => (2, 8),
            _ => (0, 0),
        };
        var from = escaped is >= '0' and <= '3' ? _at - 1 : _at;
        var end = _at + digits;
        if (digits > 0 && end <= text.Length && TryParseCode(text[from..end], radix, out var code))
        {
            _at = end;
            content.Append(Rune.IsValid(code) ? new Rune(code).ToString() : "\ufffd");
            return true;
        }

        Unrecognized(start, Math.Min(2, text.Length - start));
        return false;
    }

    private static bool TryParseCode(string digits, int radix, out int code)
    {
        code = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit) || Convert.ToInt32(digit.ToString(), 16) >= radix)
                return false;
            code = (code * radix) + Convert.ToInt32(digit.ToString(), 16);
        }

        return true;
    }

    private void Unrecognized(int start, int length)
    {
        Issues.Add(new CelIssue(start, $"Syntax error: token recognition error at: '{text.Substring(start, length)}'"));
        _at = Math.Max(_at, start + length);
    }
}
