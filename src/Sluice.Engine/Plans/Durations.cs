using Sluice.Api.Values;

namespace Sluice.Engine.Plans;

/// <summary>Durations that the operator itself has written, and that are therefore known to be well formed.</summary>
internal static class Durations
{
    /// <summary>The duration; zero for a text that is none, which only somebody else can have written.</summary>
    public static TimeSpan OrZero(string text) => GoDuration.TryParse(text, out var duration) ? duration : TimeSpan.Zero;
}
