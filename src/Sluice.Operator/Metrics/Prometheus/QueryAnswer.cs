using System.Runtime.InteropServices;

namespace Sluice.Operator.Metrics.Prometheus;

/// <summary>What Prometheus said. Values are as it sent them: NaN and infinities included, until <see cref="AsNumber"/>.</summary>
internal abstract record QueryAnswer
{
    private QueryAnswer() { }

    public sealed record Scalar(double Value) : QueryAnswer;

    public sealed record Vector(IReadOnlyList<Sample> Samples) : QueryAnswer;

    public sealed record Matrix(IReadOnlyList<IReadOnlyList<Point>> Series) : QueryAnswer;

    public sealed record NoData(NoDataReason Reason) : QueryAnswer;

    /// <summary>A scalar that is finite, or the reason why there is none.</summary>
    public QueryAnswer AsNumber() => this switch
    {
        Scalar scalar => Finite(scalar.Value),
        Vector { Samples.Count: 0 } => new NoData(new NoDataReason.Empty()),
        Vector { Samples.Count: 1 } vector => Finite(vector.Samples[0].Value),
        Vector vector => new NoData(new NoDataReason.SeveralSeries(vector.Samples.Count)),
        Matrix => new NoData(new NoDataReason.QueryError("the result is a range vector, one number is meant")),
        NoData => this,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static QueryAnswer Finite(double value) => value switch
    {
        double.NaN => new NoData(new NoDataReason.NotANumber()),
        double.PositiveInfinity or double.NegativeInfinity => new NoData(new NoDataReason.Infinite()),
        _ => new Scalar(value),
    };
}

internal sealed record Sample(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>A value at a time in Unix seconds.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Point(double At, double Value);
