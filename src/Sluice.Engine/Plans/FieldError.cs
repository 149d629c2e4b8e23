namespace Sluice.Engine.Plans;

/// <summary>One thing wrong with a spec.</summary>
/// <param name="Field">Path of the field, such as <c>spec.strategy.canary.steps[2].setWeight</c>.</param>
/// <param name="Message">What is wrong and what would be right, for a person.</param>
public sealed record FieldError(string Field, string Message)
{
    public override string ToString() => $"{Field}: {Message}";
}
