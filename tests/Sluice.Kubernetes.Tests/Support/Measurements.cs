using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Sluice.Kubernetes.Diagnostics;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>Everything that one process' instruments measured, as <c>name{label=value,…}</c> and value.</summary>
public sealed class Measurements : IDisposable
{
    private readonly MeterListener listener = new();

    public Measurements(RuntimeMetrics metrics)
    {
        var meter = metrics.RestClientRequests.Meter;
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels));
        listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Add(instrument, value, labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels));
        listener.Start();
    }

    public ConcurrentQueue<(string Series, double Value)> All { get; } = new();

    public double Sum(string series) => All.Where(measured => measured.Series == series).Sum(measured => measured.Value);

    public int Count(string series) => All.Count(measured => measured.Series == series);

    public void Dispose() => listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var text = string.Join(',', labels.ToArray().Select(label => $"{label.Key}={label.Value}"));
        All.Enqueue(($"{instrument.Name}{{{text}}}", value));
    }
}
