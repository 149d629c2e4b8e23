using System.Globalization;
using System.Runtime.InteropServices;

namespace Sluice.Engine.Replicas;

/// <summary>
/// A number of pods, given as a count (<c>3</c>) or as a whole percentage of <c>spec.replicas</c> (<c>"25%"</c>): the int-or-string of Kubernetes.
/// Percentages above 100% are legal for <c>maxSurge</c>, as in a Deployment.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CountOrPercent
{
    private CountOrPercent(int value, bool isPercent)
    {
        Value = value;
        IsPercent = isPercent;
    }

    /// <summary>As many pods as there are replicas.</summary>
    public static CountOrPercent Whole { get; } = new(100, isPercent: true);

    /// <summary>Pods, or percent when <see cref="IsPercent"/>; never negative.</summary>
    public int Value { get; }

    public bool IsPercent { get; }

    /// <summary>Reads a count. False for a negative one.</summary>
    public static bool TryParse(int count, out CountOrPercent result)
    {
        result = count < 0 ? default : new CountOrPercent(count, isPercent: false);
        return count >= 0;
    }

    /// <summary>Reads <c>"25%"</c> or <c>"3"</c>: decimal digits only, no sign, no space, no fraction. False for anything else.</summary>
    public static bool TryParse(string? text, out CountOrPercent result)
    {
        result = default;
        if (string.IsNullOrEmpty(text)) return false;

        var isPercent = text[^1] == '%';
        var digits = isPercent ? text.AsSpan(0, text.Length - 1) : text.AsSpan();
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;

        result = new CountOrPercent(value, isPercent);
        return true;
    }

    public override string ToString() => IsPercent ? $"{Value}%" : $"{Value}";

    /// <summary>Pods out of <paramref name="replicas"/>, a fraction of a pod counting as a whole one (as for <c>maxSurge</c>).</summary>
    public int RoundedUp(int replicas) => Resolve(replicas, roundUp: true);

    /// <summary>Pods out of <paramref name="replicas"/>, a fraction of a pod counting as none (as for <c>maxUnavailable</c>).</summary>
    public int RoundedDown(int replicas) => Resolve(replicas, roundUp: false);

    private int Resolve(int replicas, bool roundUp)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        if (!IsPercent) return Value;

        var hundredths = (long)replicas * Value;
        var pods = roundUp ? (hundredths + 99) / 100 : hundredths / 100;
        return (int)Math.Min(pods, int.MaxValue);
    }
}
