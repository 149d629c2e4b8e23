using Microsoft.Extensions.Logging;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Metrics.Queue;

/// <summary>Carries out one measurement; what it cannot measure is a value. Throws only when cancelled.</summary>
internal interface IMeasurer : IDisposable
{
    Task<MeasurementResult> MeasureAsync(MeasurementRequest request, CancellationToken cancellationToken);
}

/// <summary>The queue and the workers of one source: their number bounds its load, and a slow source holds up nobody else's measurements.</summary>
internal sealed partial class SourceLane(MetricSourceOptions source, IMeasurer measurer, TimeProvider time, ILogger logger) : IDisposable
{
    private const int Workers = 4;

    /// <summary>1,000 Rollouts with ten metrics each, in a running and a closed segment.</summary>
    private const int Capacity = 20_000;

    private readonly FairQueue _queue = new(Capacity);
    private readonly SemaphoreSlim _waiting = new(0);
    private int _failing;

    public MetricSourceOptions Source => source;

    public bool Enqueue(Ticket ticket)
    {
        var outcome = _queue.Enqueue(ticket);
        if (outcome == EnqueueOutcome.Added) _waiting.Release();
        return outcome != EnqueueOutcome.Full;
    }

    public void Remove(string rolloutUid) => _queue.Remove(rolloutUid);

    public SpecError? Check(MetricQuery query, IReadOnlyDictionary<string, string> args, string @namespace) =>
        Queries.QueryBuilder.Check(query, args, source, @namespace);

    public Task RunAsync(Action<MeasuredRollout> arrived, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(arrived, cancellationToken), cancellationToken)));

    public void Dispose()
    {
        _waiting.Dispose();
        measurer.Dispose();
    }

    private async Task WorkAsync(Action<MeasuredRollout> arrived, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _waiting.WaitAsync(cancellationToken);
            if (!_queue.TryDequeue(out var ticket)) continue;

            var result = await MeasureAsync(ticket.Request, cancellationToken);
            ReportSource(result.Value);
            if (ticket.Results.Store(ticket, result)) arrived(ticket.Request.Rollout);
        }
    }

    private async Task<MeasurementResult> MeasureAsync(MeasurementRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await measurer.MeasureAsync(request, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A bug in a measurement costs that measurement, not the worker.
            LogMeasurementFailed(e, request.Metric, request.Rollout.Namespace, request.Rollout.Name);
            var now = time.GetUtcNow();
            return new MeasurementResult(request, now, now, new MeasurementValue.NoData(new NoDataReason.QueryError("internal error")));
        }
    }

    /// <summary>Logs when a source stops answering and when it answers again, not each time.</summary>
    private void ReportSource(MeasurementValue value)
    {
        var unanswered = value is MeasurementValue.NoData
        {
            Reason: NoDataReason.HttpError or NoDataReason.Timeout or NoDataReason.TooLarge or NoDataReason.NotJson or NoDataReason.Refused,
        };
        if (Interlocked.Exchange(ref _failing, unanswered ? 1 : 0) == (unanswered ? 1 : 0)) return;

        if (unanswered) LogSourceFails(source.Name, ((MeasurementValue.NoData)value).Reason.ToString());
        else LogSourceAnswers(source.Name);
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "Metric source {Source} does not answer: {Reason}")]
    private partial void LogSourceFails(string source, string reason);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Information, Message = "Metric source {Source} answers again")]
    private partial void LogSourceAnswers(string source);

    [LoggerMessage(EventId = 3103, Level = LogLevel.Error, Message = "Measurement of {Metric} for {Namespace}/{Rollout} failed")]
    private partial void LogMeasurementFailed(Exception exception, string metric, string @namespace, string rollout);
}
