using System.Text;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Says where a text stops being JSON, in the words of Go's decoder, which clients show to their users.</summary>
internal ref struct GoJsonSyntax(ReadOnlySpan<byte> text)
{
    private const string Unexpected = "unexpected end of JSON input";

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;
    private string? _error;

    /// <summary>The first syntax error; null where there is none.</summary>
    public static string? FirstError(ReadOnlySpan<byte> text)
    {
        var syntax = new GoJsonSyntax(text);
        if (!syntax.Value()) return syntax._error;
        syntax.SkipSpace();
        return syntax._at < text.Length ? $"invalid character {syntax.Here()} after top-level value" : null;
    }

    private bool Value()
    {
        SkipSpace();
        if (_at >= _text.Length) return Fail(Unexpected);
        return _text[_at] switch
        {
            (byte)'{' => Members(),
            (byte)'[' => Elements(),
            (byte)'"' => Text(),
            (byte)'t' => Literal("true"),
            (byte)'f' => Literal("false"),
            (byte)'n' => Literal("null"),
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(),
            _ => Reject("looking for beginning of value"),
        };
    }

    private bool Members()
    {
        _at++;
        SkipSpace();
        if (Take('}')) return true;
        while (true)
        {
            SkipSpace();
            if (!Expect('"', "looking for beginning of object key string") || !Text()) return false;
            SkipSpace();
            if (!Expect(':', "after object key")) return false;
            _at++;
            if (!Value()) return false;
            SkipSpace();
            if (Take('}')) return true;
            if (!Expect(',', "after object key:value pair")) return false;
            _at++;
        }
    }

    private bool Elements()
    {
        _at++;
        SkipSpace();
        if (Take(']')) return true;
        while (true)
        {
            if (!Value()) return false;
            SkipSpace();
            if (Take(']')) return true;
            if (!Expect(',', "after array element")) return false;
            _at++;
        }
    }

    private bool Text()
    {
        for (_at++; _at < _text.Length; _at++)
        {
            if (Take('"')) return true;
            if (_text[_at] < ' ') return Reject("in string literal");
            if (_text[_at] == '\\' && !Escape()) return false;
        }

        return Fail(Unexpected);
    }

    private bool Escape()
    {
        _at++;
        if (_at >= _text.Length) return Fail(Unexpected);
        if (_text[_at] != 'u') return "\"\\/bfnrt"u8.Contains(_text[_at]) || Reject("in string escape code");
        for (var digit = 0; digit < 4; digit++)
        {
            _at++;
            if (_at >= _text.Length) return Fail(Unexpected);
            if (!char.IsAsciiHexDigit((char)_text[_at])) return Reject(@"in \u hexadecimal character escape");
        }

        return true;
    }

    private bool Literal(string word)
    {
        foreach (var letter in word)
        {
            if (!Expect(letter, $"in literal {word} (expecting '{letter}')")) return false;
            _at++;
        }

        return true;
    }

    private bool Number()
    {
        Take('-');
        if (!Take('0') && !Digits("in numeric literal")) return false;
        if (Take('.') && !Digits("after decimal point in numeric literal")) return false;
        if (!Take('e') && !Take('E')) return true;
        if (!Take('+')) Take('-');
        return Digits("in exponent of numeric literal");
    }

    private bool Digits(string context)
    {
        if (_at >= _text.Length) return Fail(Unexpected);
        if (!char.IsAsciiDigit((char)_text[_at])) return Reject(context);
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at])) _at++;
        return true;
    }

    private bool Take(char wanted)
    {
        if (_at >= _text.Length || _text[_at] != wanted) return false;
        _at++;
        return true;
    }

    private bool Expect(char wanted, string context) => _at >= _text.Length ? Fail(Unexpected) : _text[_at] == wanted || Reject(context);

    private void SkipSpace()
    {
        while (_at < _text.Length && " \t\r\n"u8.Contains(_text[_at])) _at++;
    }

    private bool Reject(string context) => Fail($"invalid character {Here()} {context}");

    private readonly string Here() => _text[_at] switch
    {
        (byte)'\'' => @"'\''",
        (byte)'"' => "'\"'",
        (byte)'\n' => @"'\n'",
        (byte)'\t' => @"'\t'",
        (byte)'\r' => @"'\r'",
        (byte)'\\' => @"'\\'",
        < 0x20 or (>= 0x7F and < 0xA1) => $@"'\x{_text[_at]:x2}'",
        _ => $"'{Encoding.Latin1.GetString(_text.Slice(_at, 1))}'",
    };

    private bool Fail(string error)
    {
        _error = error;
        return false;
    }
}
