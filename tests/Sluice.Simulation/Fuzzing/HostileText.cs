namespace Sluice.Simulation.Fuzzing;

/// <summary>Texts that somebody means badly, or typed wrongly.</summary>
internal static class HostileText
{
    public static readonly IReadOnlyList<string> All =
    [
        "",
        " ",
        "null",
        "\0\u0001\u001b[31m\r\n\t\u007f",
        "\u202egnp.exe\u2066\ufeff\u0000",
        "🙂👩‍👩‍👧‍👦e\u0301\u0327",
        "\"} or vector(1) or up{job=\"",
        "up\"}) or on() vector(0) #",
        "{{pods}}{{window}}{{namespace}}{{unknown}}",
        "{{",
        "}}{{{{pods}}",
        "http_requests_total{path=~\"(a+)+$\"}",
        "a{b=~\"((((((((((a*)*)*)*)*)*)*)*)*)*\"}",
        "code=~\"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^x]\"",
        "'; DROP TABLE releases; --",
        "$(reboot)`reboot`${IFS}",
        "../../../../etc/passwd",
        "https://169.254.169.254/latest/meta-data",
        "*anchor", "&anchor", "!!python/object", "yes", "0x1F", "1e5", "2001-01-01", "=", "~",
        "-5s", "876000000h", "1h-1m", "1d", "99999999999999999999s", ".5s", "1s ", "١s",
        "2147483648%", "-1%", "1e3%", "NaN", "+Inf", "0.1.2", "1,5%",
        new string('a', 64 * 1024),
        "\ud83d\ud83d\ud83d",
        string.Concat(Enumerable.Repeat("{{pods}}", 500)),
        new string('(', 1000),
        string.Concat(Enumerable.Repeat("1h", 16)),
    ];

    /// <summary>The beginning of a text; no half of a character is left at its end.</summary>
    public static string Cut(string text, int length) => length > 0 && char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
}
