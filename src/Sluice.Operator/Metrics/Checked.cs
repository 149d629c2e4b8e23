namespace Sluice.Operator.Metrics;

/// <summary>A value, or the field of the spec that stands in its way.</summary>
internal abstract record Checked<T>
{
    private Checked() { }

    public sealed record Valid(T Value) : Checked<T>;

    public sealed record Invalid(SpecError Error) : Checked<T>;

    public Checked<TNext> Then<TNext>(Func<T, Checked<TNext>> next) => this switch
    {
        Valid valid => next(valid.Value),
        Invalid invalid => new Checked<TNext>.Invalid(invalid.Error),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public Checked<TNext> Map<TNext>(Func<T, TNext> map) => Then(value => (Checked<TNext>)new Checked<TNext>.Valid(map(value)));
}
