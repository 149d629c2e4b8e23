using Sluice.Operator.Metrics;

namespace Sluice.Benchmarks.Setup;

/// <summary>For Rollouts without metrics.</summary>
internal sealed class NoMeasurements : IMeasurements
{
    public MetricSourceLookup FindSource(string source, string @namespace) => new MetricSourceLookup.Unknown([]);

    public SpecError? Check(MetricQuery query, IReadOnlyDictionary<string, string> args, string source, string @namespace) => null;

    public bool Request(MeasurementRequest request) => true;

    public IReadOnlyList<MeasurementResult> Latest(string rolloutUid) => [];

    public void Forget(string rolloutUid)
    {
    }

    public IDisposable Subscribe(Action<MeasuredRollout> arrived) => new Nobody();

    private sealed class Nobody : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
