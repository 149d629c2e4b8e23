using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>To whom the new revision is open while a step is taken, in words.</summary>
internal static class Exposure
{
    public static string Of(ReleasePlan plan, int? weight) => plan.Traffic?.Preview is null ? $"at {weight}%" : "on the preview";
}
