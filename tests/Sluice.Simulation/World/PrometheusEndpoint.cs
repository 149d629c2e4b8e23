using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Queries;

namespace Sluice.Simulation.World;

/// <summary>
/// Answers the queries of one operator as Prometheus would, from what was scraped. It does not read PromQL: it knows for which measurement the query is asked,
/// and gives the rows that such a query has.
/// </summary>
internal sealed class PrometheusEndpoint(VirtualPrometheus prometheus) : HttpMessageHandler
{
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>What the next query is asked for.</summary>
    public MeasurementRequest? Asked { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        switch (prometheus.Fault)
        {
            case PrometheusFault.Refused:
                throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
            case PrometheusFault.BrokenOff:
                throw new IOException("broken off");
            case PrometheusFault.Timeout:
                throw new OperationCanceledException("no answer in time");
            case PrometheusFault.Unavailable:
                return Answer(HttpStatusCode.ServiceUnavailable, "<html>no healthy upstream</html>");
            case PrometheusFault.LoginPage:
                return Answer(HttpStatusCode.OK, "<html>please log in</html>");
            case PrometheusFault.QueryError:
                return Answer(HttpStatusCode.UnprocessableEntity, """{"status":"error","errorType":"execution","error":"query processing would load too many samples"}""");
        }

        var asked = Asked ?? throw new InvalidOperationException("a query that no measurement asked for");
        var form = new FormReader(await request.Content!.ReadAsStringAsync(cancellationToken)).ReadForm();
        var result = request.RequestUri!.AbsolutePath.EndsWith("/query_range", StringComparison.Ordinal)
            ? Matrix(asked, Time(form["start"]!), Time(form["end"]!), TimeSpan.FromSeconds(double.Parse(form["step"]!, CultureInfo.InvariantCulture)))
            : Vector(asked, Time(form["time"]!));
        return Answer(HttpStatusCode.OK, $$"""{"status":"success","data":{{result}}}""");
    }

    private static HttpResponseMessage Answer(HttpStatusCode code, string body) => new(code) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static DateTimeOffset Time(string? seconds) => DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(seconds!, CultureInfo.InvariantCulture));

    private static string Seconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    private string Vector(MeasurementRequest asked, DateTimeOffset at)
    {
        var rows = asked.Query is MetricQuery.Threshold ? [("", prometheus.ThresholdValue)] : Rows(asked, at);
        if (prometheus.Fault == PrometheusFault.Empty) rows = [];
        if (prometheus.Fault == PrometheusFault.SeveralSeries) rows = [.. rows, .. rows];
        var samples = rows.Select(row => $$"""{"metric":{{{(row.Item1.Length == 0 ? "" : $"\"{CounterQuery.RowLabel}\":\"{row.Item1}\"")}}},"value":[{{Seconds(at)}},"{{Text(row.Item2)}}"]}""");
        return $$"""{"resultType":"vector","result":[{{string.Join(',', samples)}}]}""";
    }

    private List<(string, double)> Rows(MeasurementRequest asked, DateTimeOffset at)
    {
        var from = DateTimeOffset.FromUnixTimeSeconds(asked.From.ToUnixTimeSeconds());
        var canary = prometheus.SeriesOf(asked.Rollout.Name, asked.CanaryRevision);
        var stable = asked.StableRevision is { } revision ? prometheus.SeriesOf(asked.Rollout.Name, revision) : [];
        var rows = new List<(string, double)>
        {
            (RowNames.CanaryRequests, canary.Sum(pod => pod.Requests.Growth(from, at))),
            (RowNames.CanaryErrors, canary.Sum(pod => pod.Errors.Growth(from, at))),
        };
        if (asked.StableRevision is not null)
        {
            rows.Add((RowNames.StableRequests, stable.Sum(pod => pod.Requests.Growth(from, at))));
            rows.Add((RowNames.StableErrors, stable.Sum(pod => pod.Errors.Growth(from, at))));
        }

        var all = canary.Concat(stable).Select(pod => pod.Requests).ToList();
        if (all.Max(series => series.NewestAt(at)) is { } newest) rows.Add((RowNames.NewestSample, newest.ToUnixTimeMilliseconds() / 1000.0));
        if (all.Count(series => series.Count(from - Memory, from) > 0) is var known and > 0) rows.Add((RowNames.KnownBefore, known));
        return rows;
    }

    /// <summary>Stable's errors, for each step in which its requests were scraped twice and known before.</summary>
    private string Matrix(MeasurementRequest asked, DateTimeOffset first, DateTimeOffset last, TimeSpan step)
    {
        var pods = prometheus.SeriesOf(asked.Rollout.Name, asked.StableRevision!);
        var points = new List<string>();
        for (var at = first; at <= last; at += step)
        {
            var from = at - step;
            if (pods.Any(pod => pod.Requests.Count(from, at) > 1) && pods.Any(pod => pod.Requests.Count(from - Memory, from) > 0))
            {
                points.Add($"[{Seconds(at)},\"{Text(pods.Sum(pod => pod.Errors.Growth(from, at)))}\"]");
            }
        }

        if (prometheus.Fault == PrometheusFault.Empty || points.Count == 0) return """{"resultType":"matrix","result":[]}""";
        var series = $$"""{"metric":{},"values":[{{string.Join(',', points)}}]}""";
        return $$"""{"resultType":"matrix","result":[{{series}}{{(prometheus.Fault == PrometheusFault.SeveralSeries ? $",{series}" : "")}}]}""";
    }

    private string Text(double value) => prometheus.Fault switch
    {
        PrometheusFault.NotANumber => "NaN",
        PrometheusFault.Infinite => "+Inf",
        PrometheusFault.NegativeInfinite => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
