using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

public sealed class ErrorRateMessageTests
{
    [Fact]
    public void What_is_missing_is_said_in_requests_and_in_time() =>
        // The segment is 60 s long: 200 requests are 3.33 a second. 360 without error confirm 1%.
        Message([[200, 0, 1800, 0]]).ShouldBe("error-rate 0% of 200 requests (max 1%), about 160 requests more needed, 48 s at this rate");

    [Fact]
    public void The_forecast_keeps_its_word()
    {
        double[][] counts = [[400, 2, 3600, 18]];
        var needed = Forecast(counts, 0.01).Requests!.Value;

        // That many more at the same error rate are enough, and clearly fewer are not.
        WithMore(needed + 1).ShouldBeGreaterThanOrEqualTo(Math.Log(20));
        WithMore(needed * 0.99).ShouldBeLessThan(Math.Log(20));
        Forecast([[3120, 12, 28000, 110]], 0.01).Requests.ShouldBe(0);

        double WithMore(double requests) =>
            EvidenceTests.Compute(EvidenceTests.Segments([[400 + requests, 2 + requests * 2 / 400, 3600, 18]]), 0.01).WithinMax;
    }

    [Fact]
    public void At_low_traffic_the_time_shows_how_hopeless_it_is() =>
        Message([[2, 0, 18, 0]]).ShouldBe("error-rate 0% of 2 requests (max 1%), about 360 requests more needed, 3 h at this rate");

    [Fact]
    public void A_confirmed_rate_is_said_to_be() =>
        Message([[4020, 5, 36000, 36]]).ShouldBe("error-rate 0.12% of 4020 requests (max 1%, stable 0.1%): confidently within max");

    [Fact]
    public void A_failure_names_both_rates() =>
        Message([[840, 43, 7000, 7]]).ShouldBe("error-rate 5.1% of 840 requests (max 1%, stable 0.1%): confidently above max");

    [Fact]
    public void A_failure_against_stable_names_the_ratio() =>
        Message([[8000, 40, 8000, 2]]).ShouldBe("error-rate 0.5% of 8000 requests (max 1%, stable 0.025%): confidently more than 1.5 times stable's");

    [Fact]
    public void When_stable_itself_is_above_max_the_message_says_so() =>
        Message([[1000, 30, 9000, 270]]).ShouldBe("error-rate 3% of 1000 requests (max 1%, stable 3%), above max, not yet confidently; stable itself is confidently above max");

    [Fact]
    public void A_canary_that_leans_to_worse_is_called_undecided() =>
        Message([[5000, 12, 5000, 2]]).ShouldBe("error-rate 0.24% of 5000 requests (max 1%, stable 0.04%), so far rather more than 1.5 times stable's: undecided");

    [Fact]
    public void A_rate_next_to_max_cannot_be_told() =>
        Message([[1000, 9, 1000, 9]]).ShouldBe("error-rate 0.9% of 1000 requests (max 1%), too near to max to tell");

    [Fact]
    public void That_counts_are_divided_is_said_and_not_that_errors_come_in_clusters_where_there_is_none() =>
        Message([[400, 0, 3600, 18]], dispersion: 8)
            .ShouldBe("error-rate 0% of 400 requests (max 1%), about 2500 requests more needed, 6 min at this rate (counts are divided by 8, as errors may come in clusters)");

    [Fact]
    public void No_requests_are_said_to_be_none() => Message([[0, 0, 100, 0]]).ShouldBe("error-rate: no requests to the canary yet");

    [Fact]
    public void A_max_of_zero_is_said_to_be_beyond_confirmation() =>
        Message([[100, 0, 100, 0]], max: 0).ShouldBe("error-rate 0% of 100 requests (max 0%), a max of 0 can never be confirmed");

    [Fact]
    public void No_data_is_said_with_its_reason()
    {
        ErrorRateMessage.For("latency", new Measurement.NoData(NoDataReason.SeveralSeries), 1).ShouldBe("latency: no usable answer (several series where one is meant)");
        ErrorRateMessage.For("latency", new Measurement.NoData(NoDataReason.HttpError, "HTTP 503"), 3)
            .ShouldBe("latency: no usable answer (HTTP 503), 3 in a row");
    }

    [Theory]
    [InlineData(0.0012, "0.12%")]
    [InlineData(0.051, "5.1%")]
    [InlineData(0.1234, "12%")]
    [InlineData(1, "100%")]
    [InlineData(0, "0%")]
    [InlineData(0.00001234, "0.0012%")]
    [InlineData(0.01, "1%")]
    public void Shares_have_two_digits(double share, string text) => Figures.Percent(share).ShouldBe(text);

    [Theory]
    [InlineData(3, "3")]
    [InlineData(913, "910")]
    [InlineData(12345, "12000")]
    [InlineData(99.7, "100")]
    [InlineData(0.2, "1")]
    public void Estimates_have_two_digits(double count, string text) => Figures.About(count).ShouldBe(text);

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(44.2, "45 s")]
    [InlineData(180, "3 min")]
    [InlineData(72000, "20 h")]
    [InlineData(400000, "5 days")]
    public void Times_have_the_largest_fitting_unit(double seconds, string text) => Figures.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(text);

    [Theory]
    [InlineData(0, "1")]
    [InlineData(3, "20")]
    [InlineData(-1.2, "0.3")]
    [InlineData(40, "2.4e+17")]
    [InlineData(5000, "3.0e+2171")]
    [InlineData(-50, "1.9e-22")]
    [InlineData(double.NegativeInfinity, "0")]
    [InlineData(double.PositiveInfinity, "infinite")]
    public void Evidence_is_shown_as_a_factor_of_any_size(double log, string text) => Figures.Factor(log).ShouldBe(text);

    private static string Message(double[][] counts, double max = 0.01, double dispersion = 1)
    {
        var evidence = EvidenceTests.Compute(EvidenceTests.Segments(counts), max, dispersion: dispersion);
        return ErrorRateMessage.For("error-rate", evidence, new ErrorRateBounds(max), Forecast(counts, max, dispersion));
    }

    private static Forecast Forecast(double[][] counts, double max, double dispersion = 1)
    {
        var segments = EvidenceTests.Segments(counts).ConvertAll(segment => segment with { To = segment.From.AddMinutes(1) });
        return Sluice.Engine.Analysis.Forecast.Of(EvidenceTests.Compute(segments, max, dispersion: dispersion), segments, new ErrorRateBounds(max), segments[^1].From);
    }
}
