using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Queries;

namespace Sluice.Operator.Tests.Metrics;

public sealed class QueryBuilderTests
{
    private static readonly DateTimeOffset From = new(2026, 5, 1, 12, 0, 0, 400, TimeSpan.Zero);

    [Fact]
    public void The_growth_of_a_counter_runs_over_each_second_of_the_window() =>
        CounterQuery.Growth(new Selector("c", [new LabelMatcher("a", "=", "b")]), 135).ShouldBe(
            "((sum(increase(c{a=\"b\"}[135s1ms:1s]) and last_over_time(c{a=\"b\"}[1h] offset 135s)) or vector(0))"
            + " + (sum(max_over_time(c{a=\"b\"}[135s]) unless last_over_time(c{a=\"b\"}[1h] offset 135s)) or vector(0)))");

    [Fact]
    public void Namespace_and_pods_of_each_side_are_added_with_the_labels_of_the_source()
    {
        var source = Given.Source() with { NamespaceLabel = "k8s_ns", PodLabel = "k8s_pod" };
        var query = new MetricQuery.ErrorRateCounter("c{a=\"b\"}", "code=\"500\"");

        var rows = Plan(Given.Request(From, query), From.AddSeconds(60), source).ShouldBeOfType<QueryPlan.CounterRows>();

        rows.Query.ShouldContain("increase(c{a=\"b\",k8s_ns=\"shop\",k8s_pod=~\"payments-7b21-[^-]+\"}[60s1ms:1s])");
        rows.Query.ShouldContain("increase(c{a=\"b\",k8s_ns=\"shop\",k8s_pod=~\"payments-7b21-[^-]+\",code=\"500\"}[60s1ms:1s])");
        rows.Query.ShouldContain("increase(c{a=\"b\",k8s_ns=\"shop\",k8s_pod=~\"payments-6f9c-[^-]+\"}[60s1ms:1s])");
        rows.Query.ShouldContain("increase(c{a=\"b\",k8s_ns=\"shop\",k8s_pod=~\"payments-6f9c-[^-]+\",code=\"500\"}[60s1ms:1s])");
    }

    [Fact]
    public void Arguments_stand_in_counters_and_matchers_and_cannot_leave_their_quotes()
    {
        var query = new MetricQuery.ErrorRateCounter("{{counter}}{route=~\"{{route}}\"}", "code=~\"{{codes}}\"");
        var args = new Dictionary<string, string> { ["counter"] = "http_requests_total", ["route"] = "/a\"} or vector(1) #{{pods}}", ["codes"] = "5.." };

        var rows = Plan(Given.Request(From, query) with { Args = args }, From.AddSeconds(60)).ShouldBeOfType<QueryPlan.CounterRows>();

        rows.Query.ShouldContain("http_requests_total{route=~\"/a\\\"} or vector(1) #{{pods}}\",namespace=\"shop\",pod=~\"payments-7b21-[^-]+\",code=~\"5..\"}");
    }

    [Theory]
    [InlineData(60.0, 0.0, null, 60)]
    [InlineData(60.9, 0.0, null, 61)]
    [InlineData(60.5, 0.0, null, 60)]
    [InlineData(60.0, 15.5, null, 44)]
    [InlineData(60.0, 0.0, 30.0, 30)]
    [InlineData(60.0, 40.0, 30.0, 20)]
    public void A_measurement_starts_and_ends_at_whole_seconds(double now, double delay, double? to, int seconds)
    {
        var request = Given.Request(From) with { Delay = TimeSpan.FromSeconds(delay), To = to is { } end ? From.AddSeconds(end) : null };

        var rows = Plan(request, From.AddSeconds(now)).ShouldBeOfType<QueryPlan.CounterRows>();

        rows.At.ShouldBe(From.AddMilliseconds(-400).AddSeconds(seconds));
        rows.Query.ShouldContain($"[{seconds}s]");
        rows.Query.ShouldContain($"offset {seconds}s");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.0)]
    [InlineData(-3600.0)]
    public void A_segment_of_less_than_a_second_has_nothing_to_measure(double now) =>
        Plan(Given.Request(From), From.AddSeconds(now)).ShouldBeOfType<QueryPlan.NothingToMeasure>();

    [Fact]
    public void A_history_is_one_point_a_minute_or_every_four_scrapes()
    {
        var end = From.AddMilliseconds(-400);
        var request = Given.Request(end.AddHours(-1)) with { Kind = MeasurementKind.History, To = From };

        var range = Plan(request, From.AddHours(1)).ShouldBeOfType<QueryPlan.Range>();
        range.ShouldBe(range with { First = end.AddMinutes(-59), Last = end, Step = TimeSpan.FromMinutes(1) });

        var slow = Given.Source() with { ScrapeInterval = TimeSpan.FromMinutes(1) };
        range = Plan(request, From.AddHours(1), slow).ShouldBeOfType<QueryPlan.Range>();
        range.ShouldBe(range with { First = end.AddMinutes(-56), Last = end, Step = TimeSpan.FromMinutes(4) });
    }

    [Fact]
    public void Free_queries_get_the_pods_and_the_revision_of_each_side()
    {
        var query = new MetricQuery.ErrorRateQueries("e{p=~\"{{pods}}\",r=\"{{revision}}\"}", "t{p=~\"{{pods}}\"}[{{window}}]");

        var four = Plan(Given.Request(From, query), From.AddSeconds(30)).ShouldBeOfType<QueryPlan.FourQueries>();

        four.CanaryErrors.ShouldBe("e{p=~\"payments-7b21-[^-]+\",r=\"7b21\"}");
        four.CanaryTotal.ShouldBe("t{p=~\"payments-7b21-[^-]+\"}[30s]");
        four.StableErrors.ShouldBe("e{p=~\"payments-6f9c-[^-]+\",r=\"6f9c\"}");
        four.StableTotal.ShouldBe("t{p=~\"payments-6f9c-[^-]+\"}[30s]");
    }

    public static TheoryData<MetricQuery, string> Wrong { get; } = new()
    {
        { new MetricQuery.ErrorRateCounter("sum(x)", "code=\"5\""), "errorRate.counter" },
        { new MetricQuery.ErrorRateCounter("x", "5.."), "errorRate.errors" },
        { new MetricQuery.ErrorRateQueries("{{pod}}", "x"), "errorRate.queries.errors" },
        { new MetricQuery.ErrorRateQueries("x", "{{pod}}"), "errorRate.queries.total" },
        { new MetricQuery.Threshold("{{pod}}"), "threshold.query" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_metric_is_checked_without_asking_anybody(MetricQuery query, string field) =>
        QueryBuilder.Check(query, new Dictionary<string, string>(), Given.Source(), "shop").ShouldNotBeNull().Field.ShouldBe(field);

    [Fact]
    public void Args_are_known_placeholders_but_cannot_take_the_operators_names()
    {
        var query = new MetricQuery.Threshold("{{limit}}");
        QueryBuilder.Check(query, new Dictionary<string, string> { ["limit"] = "5" }, Given.Source(), "shop").ShouldBeNull();
        QueryBuilder.Check(query, new Dictionary<string, string> { ["limit"] = "5", ["pods"] = ".*" }, Given.Source(), "shop")
            .ShouldNotBeNull().ToString().ShouldContain("pods");
    }

    [Fact]
    public void A_source_for_counters_only_refuses_queries()
    {
        var source = Given.Source() with { AllowQueries = false };
        QueryBuilder.Check(new MetricQuery.Threshold("1"), new Dictionary<string, string>(), source, "shop").ShouldNotBeNull().Message.ShouldContain("counters only");
        QueryBuilder.Check(Given.Counter, new Dictionary<string, string>(), source, "shop").ShouldBeNull();
    }

    private static QueryPlan Plan(MeasurementRequest request, DateTimeOffset now, Sluice.Operator.Metrics.Sources.MetricSourceOptions? source = null) =>
        QueryBuilder.Plan(request, source ?? Given.Source(), now).ShouldBeOfType<Checked<QueryPlan>.Valid>().Value;
}
