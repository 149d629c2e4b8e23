using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice.Simulation.World.Promises;

/// <summary>What was seen, put into words only where a promise is broken.</summary>
[InterpolatedStringHandler]
internal readonly ref struct Seen
{
    private readonly StringBuilder? text;

    public Seen(int literalLength, int formattedCount, bool isKept, out bool isWanted)
    {
        isWanted = !isKept;
        text = isKept ? null : new StringBuilder(literalLength + formattedCount * 8);
    }

    public void AppendLiteral(string value) => text!.Append(value);

    public void AppendFormatted<T>(T value) => text!.Append(value);

    public void AppendFormatted<T>(T value, string? format) => text!.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, $"{{0:{format}}}", value);

    public override string ToString() => text?.ToString() ?? "";
}
