using System.Globalization;
using System.Text;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Sources;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>
/// An hour of scrapes every 15 s, put into a real Prometheus with their times: 10 requests between two scrapes of each pod; as many errors of stable's
/// pod in each minute as <see cref="ErrorsIn"/> says, all between two scrapes; nothing was scraped in minutes 20 to 29, nor before minute 0.
/// </summary>
public sealed class HistoryTests(HistoryTests.Recorded recorded) : IClassFixture<HistoryTests.Recorded>
{
    private const int Minutes = 60;

    [Fact]
    public async Task Errors_per_minute_of_the_hour_before_leave_out_the_minutes_after_which_nothing_can_be_told()
    {
        var request = Given.Request(recorded.Start) with { Kind = MeasurementKind.History, To = recorded.End };

        var history = (await MeasureAsync(request)).ShouldBeOfType<MeasurementValue.History>();

        history.Bin.ShouldBe(TimeSpan.FromMinutes(1));
        var known = Enumerable.Range(0, Minutes).Where(minute => minute is (> 0 and < 20) or >= 30).Select(ErrorsIn).ToList();
        history.Errors.Count.ShouldBe(known.Count);
        for (var i = 0; i < known.Count; i++) history.Errors[i].ShouldBeInRange(known[i], known[i] * 1.02, $"known minute {i}");
    }

    [Fact]
    public async Task Free_queries_have_a_history_too()
    {
        var query = new MetricQuery.ErrorRateQueries("""sum(increase(http_requests_total{pod=~"{{pods}}",code="500"}[{{window}}]))""", "vector(1)");
        var request = Given.Request(recorded.End.AddMinutes(-10), query) with { Kind = MeasurementKind.History, To = recorded.End };

        var history = (await MeasureAsync(request)).ShouldBeOfType<MeasurementValue.History>();

        history.Errors.Count.ShouldBe(10);
        for (var i = 0; i < 10; i++) history.Errors[i].ShouldBeInRange(ErrorsIn(50 + i), ErrorsIn(50 + i) * 1.34, $"minute {50 + i}");
    }

    [Fact]
    public async Task A_history_shorter_than_a_minute_or_without_stable_is_no_data()
    {
        var request = Given.Request(recorded.End.AddSeconds(-59)) with { Kind = MeasurementKind.History, To = recorded.End };

        (await MeasureAsync(request)).ShouldBe(new MeasurementValue.NoData(new NoDataReason.Empty()));
        (await MeasureAsync(request with { From = recorded.Start, StableRevision = null })).ShouldBe(new MeasurementValue.NoData(new NoDataReason.Empty()));
        (await MeasureAsync(request with { From = recorded.Start.AddHours(-3), To = recorded.Start.AddHours(-2) }))
            .ShouldBe(new MeasurementValue.NoData(new NoDataReason.Empty()));
    }

    [Fact]
    public async Task A_segment_ends_where_it_was_asked_to_end()
    {
        var from = recorded.Start.AddMinutes(40);
        var request = Given.Request(from) with { To = from.AddSeconds(90.7), Kind = MeasurementKind.Closed };

        var result = await ResultAsync(request);

        result.At.ShouldBe(from.AddSeconds(90));
        // Six scrapes in 90 s, ten requests before each, and the errors of minute 40; those of minute 41 come at its second 37.
        result.Value.ShouldBeOfType<MeasurementValue.Counts>().StableRequests.ShouldBe(60 + ErrorsIn(40), 0.01);
    }

    [Fact]
    public async Task Adjoining_segments_add_up_to_the_whole()
    {
        var from = recorded.Start.AddMinutes(35).AddSeconds(4.2);
        var whole = await StableErrorsAsync(from, from.AddSeconds(600));

        var parts = 0.0;
        for (var i = 0; i < 20; i++) parts += await StableErrorsAsync(from.AddSeconds(30 * i), from.AddSeconds(30 * (i + 1)));

        whole.ShouldBe(Enumerable.Range(35, 10).Sum(ErrorsIn), 0.01);
        parts.ShouldBe(whole, 0.01);
    }

    [Fact]
    public async Task After_a_gap_nothing_counts_that_was_counted_before_it()
    {
        // From within the gap of ten minutes to minute 35.
        (await StableErrorsAsync(recorded.Start.AddMinutes(28), recorded.Start.AddMinutes(35)))
            .ShouldBe(Enumerable.Range(30, 5).Sum(ErrorsIn), 0.1);
    }

    [Fact]
    public async Task Where_the_source_knows_nothing_from_before_the_segment_there_is_no_data()
    {
        var request = Given.Request(recorded.Start.AddSeconds(-30)) with { To = recorded.Start.AddMinutes(5), Kind = MeasurementKind.Closed };

        (await MeasureAsync(request)).ShouldBe(new MeasurementValue.NoData(new NoDataReason.NoHistory()));
    }

    [Fact]
    public async Task Samples_older_than_five_scrapes_are_stale()
    {
        var request = Given.Request(recorded.End.AddMinutes(-5)) with { Kind = MeasurementKind.Closed };

        (await MeasureAsync(request with { To = recorded.End.AddSeconds(60) })).ShouldBeOfType<MeasurementValue.Counts>();
        var stale = (await MeasureAsync(request with { To = recorded.End.AddSeconds(110) })).ShouldBeOfType<MeasurementValue.NoData>();
        stale.Reason.ShouldBeOfType<NoDataReason.Stale>().Age.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(100, 130);
    }

    /// <summary>None in the first five minutes, then 0 to 6.</summary>
    private static int ErrorsIn(int minute) => minute < 5 ? 0 : minute * 3 % 7;

    private async Task<double> StableErrorsAsync(DateTimeOffset from, DateTimeOffset to) =>
        (await MeasureAsync(Given.Request(from) with { To = to, Kind = MeasurementKind.Closed })).ShouldBeOfType<MeasurementValue.Counts>().StableErrors;

    private async Task<MeasurementValue> MeasureAsync(MeasurementRequest request) => (await ResultAsync(request)).Value;

    private async Task<MeasurementResult> ResultAsync(MeasurementRequest request)
    {
        using var measurer = Given.Measurer(recorded.Source);
        return await measurer.MeasureAsync(request, TestContext.Current.CancellationToken);
    }

    public sealed class Recorded : IAsyncLifetime
    {
        private PrometheusServer? _server;

        public DateTimeOffset End { get; } = DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 * 60) - 300);

        public DateTimeOffset Start => End.AddMinutes(-Minutes);

        internal MetricSourceOptions Source => Given.Source(_server!.Address) with { ScrapeInterval = TimeSpan.FromSeconds(15) };

        public async ValueTask InitializeAsync() =>
            _server = await PrometheusServer.StartAsync(new PrometheusSetup { Backfill = OpenMetrics() }, TestContext.Current.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
        }

        private string OpenMetrics()
        {
            var text = new StringBuilder("# TYPE http_requests counter\n");
            var errors = 0;
            var requests = 0;
            var samples = new List<(string Series, string Line)>();
            for (var at = Start.AddSeconds(7); at < End; at = at.AddSeconds(15))
            {
                requests += 10;
                var minute = (int)(at - Start).TotalMinutes;
                if (at.Second == 37) errors += ErrorsIn(minute);
                if (minute is >= 20 and < 30) continue;

                Add(samples, "payments-6f9c-a", "200", requests, at);
                Add(samples, "payments-7b21-a", "200", requests, at);
                if (errors > 0) Add(samples, "payments-6f9c-a", "500", errors, at);
            }

            foreach (var (_, line) in samples.OrderBy(sample => sample.Series, StringComparer.Ordinal)) text.Append(line);
            return text.Append("# EOF\n").ToString();
        }

        private static void Add(List<(string Series, string Line)> samples, string pod, string code, int value, DateTimeOffset at) =>
            samples.Add((pod + code, string.Create(
                CultureInfo.InvariantCulture,
                $"http_requests_total{{namespace=\"shop\",pod=\"{pod}\",code=\"{code}\"}} {value} {at.ToUnixTimeSeconds()}\n")));
    }
}
