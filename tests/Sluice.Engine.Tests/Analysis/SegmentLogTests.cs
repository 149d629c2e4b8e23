using FsCheck;
using FsCheck.Fluent;
using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

public sealed class SegmentLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly MeasurementTiming Timing = new(ScrapeInterval: TimeSpan.FromSeconds(15), Delay: TimeSpan.FromSeconds(10));
    private static readonly SegmentConditions AtTen = new(Weight: 10, CanaryReady: 1, StableReady: 9);
    private static readonly SegmentConditions AtTwenty = new(Weight: 20, CanaryReady: 2, StableReady: 8);

    [Fact]
    public void The_first_segment_begins_with_the_first_weight()
    {
        SegmentLog.Empty.Advance(AtTen with { Weight = 0 }, At(0), Timing).ShouldBe(SegmentLog.Empty);

        var open = SegmentLog.Empty.Advance(AtTen, At(5), Timing).Open.ShouldNotBeNull();
        (open.Ordinal, open.From, open.To, open.Conditions).ShouldBe((1, At(5), At(5), AtTen));
    }

    [Theory]
    [InlineData(39, false)]
    [InlineData(40, true)]
    public void The_first_look_is_due_after_two_scrape_intervals_and_the_delay(int second, bool due)
    {
        var windows = SegmentLog.Empty.Advance(AtTen, At(0), Timing).Due(At(second), Timing);

        windows.ShouldBe(due ? [new MeasurementWindow(At(0), At(second - 10))] : []);
    }

    [Fact]
    public void A_measurement_replaces_the_counts_of_its_segment()
    {
        var log = Opened().With(Measured(0, 30, 100)).With(Measured(0, 45, 150)).With(Measured(0, 45, 150));

        log.Segments.ShouldHaveSingleItem().Canary.Requests.ShouldBe(150);
        log.Open!.To.ShouldBe(At(45));
    }

    [Fact]
    public void A_late_answer_does_not_replace_a_newer_one() =>
        Opened().With(Measured(0, 45, 150)).With(Measured(0, 30, 100)).Open!.Canary.Requests.ShouldBe(150);

    [Fact]
    public void Of_two_answers_for_one_instant_the_first_stays() =>
        Opened().With(Measured(0, 45, 150)).With(Measured(0, 45, 149)).Open!.Canary.Requests.ShouldBe(150);

    [Fact]
    public void An_answer_for_a_segment_that_is_no_more_is_ignored() =>
        Opened().With(Measured(7, 45, 150)).Open!.Canary.Requests.ShouldBe(0);

    [Fact]
    public void A_clock_that_is_put_back_counts_nothing_twice()
    {
        var log = Opened().With(Measured(0, 300, 1000)).Advance(AtTwenty, At(100), Timing);

        log.Segments[0].ClosedAt.ShouldBe(At(300));
        log.Open!.From.ShouldBe(At(300));
        log.Due(At(310), Timing).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(20, 45)]
    [InlineData(-20, 45)]
    public void What_was_counted_is_kept_though_the_clock_was_put_back_before_its_first_look(int second, int end)
    {
        var log = Opened().With(Measured(0, 45, 150)).Advance(AtTwenty, At(second), Timing);

        log.Segments[0].Canary.Requests.ShouldBe(150);
        log.Segments[0].ClosedAt.ShouldBe(At(end));
        log.Open!.From.ShouldBe(At(end));
    }

    [Fact]
    public void A_change_of_weight_begins_a_new_segment_and_the_old_one_is_counted_to_its_end()
    {
        var log = Opened().With(Measured(0, 50, 100)).Advance(AtTwenty, At(60), Timing);

        log.Segments.Select(segment => (segment.Ordinal, segment.From, segment.ClosedAt)).ShouldBe([(1, At(0), (DateTimeOffset?)At(60)), (2, At(60), null)]);
        log.Due(At(65), Timing).ShouldBeEmpty();
        log.Due(At(70), Timing).ShouldBe([new MeasurementWindow(At(0), At(60))]);

        var counted = log.With(Measured(0, 60, 120));
        counted.Due(At(70), Timing).ShouldBeEmpty();
        counted.Segments[0].Canary.Requests.ShouldBe(120);
        counted.Due(At(100), Timing).ShouldBe([new MeasurementWindow(At(60), At(90))]);
    }

    [Fact]
    public void An_answer_that_reaches_beyond_the_end_of_its_segment_is_ignored() =>
        Opened().Advance(AtTwenty, At(60), Timing).With(Measured(0, 61, 120)).Segments[0].Canary.Requests.ShouldBe(0);

    [Fact]
    public void The_last_count_of_a_segment_is_given_up_after_ten_minutes()
    {
        var log = Opened().Advance(AtTwenty, At(60), Timing);

        log.Due(At(60 + 609), Timing).Count.ShouldBe(2);
        log.Due(At(60 + 610), Timing).ShouldBe([new MeasurementWindow(At(60), At(660))]);
    }

    [Fact]
    public void A_change_of_ready_pods_begins_a_new_segment()
    {
        var log = Opened().Advance(AtTen with { StableReady = 8 }, At(60), Timing);

        log.Segments.Count.ShouldBe(2);
        log.Open!.Conditions.StableReady.ShouldBe(8);
    }

    [Fact]
    public void Pods_that_flap_faster_than_one_can_look_do_not_keep_a_segment_from_being_measured()
    {
        var log = Opened();
        for (var second = 5; second < 40; second += 5) log = log.Advance(AtTen with { CanaryReady = second % 2 }, At(second), Timing);

        log.Segments.ShouldHaveSingleItem().From.ShouldBe(At(0));
        log.Due(At(40), Timing).Count.ShouldBe(1);
    }

    [Fact]
    public void What_was_too_short_for_a_look_before_the_weight_changed_is_left_out()
    {
        var log = Opened().Advance(AtTwenty, At(20), Timing);

        var segment = log.Segments.ShouldHaveSingleItem();
        (segment.Ordinal, segment.From, segment.Conditions).ShouldBe((1, At(20), AtTwenty));
    }

    [Fact]
    public void After_ten_minutes_a_new_segment_begins()
    {
        var log = Opened();

        log.Advance(AtTen, At(599), Timing).ShouldBe(log);
        log.Advance(AtTen, At(600), Timing).Segments.Count.ShouldBe(2);
    }

    [Fact]
    public void Weight_zero_closes_the_segment_and_opens_none()
    {
        var log = Opened().Advance(AtTen with { Weight = 0 }, At(60), Timing);

        log.Open.ShouldBeNull();
        log.Segments.ShouldHaveSingleItem().ClosedAt.ShouldBe(At(60));
        log.Advance(AtTwenty, At(90), Timing).Segments.Select(segment => segment.Ordinal).ShouldBe([1, 2]);
    }

    [Fact]
    public void Of_more_than_twenty_four_the_two_oldest_of_one_weight_are_merged()
    {
        var log = SegmentLog.Empty.Advance(AtTen, At(0), Timing).With(Measured(0, 30, 7));
        for (var i = 1; i <= 24; i++) log = log.Advance(AtTwenty, At(600 * i), Timing).With(Measured(600 * i, 600 * i + 590, i));

        log.Segments.Count.ShouldBe(24);
        log.Segments.Take(3).Select(segment => (segment.Ordinal, segment.Conditions.Weight, segment.Canary.Requests)).ShouldBe([(1, 10, 7), (2, 20, 3), (4, 20, 3)]);
        log.Segments[1].From.ShouldBe(At(600));
        log.Open!.Ordinal.ShouldBe(25);
    }

    [Fact]
    public void Merging_loses_no_request()
    {
        var log = SegmentLog.Empty;
        for (var i = 0; i < 100; i++) log = log.Advance(AtTen, At(600 * i), Timing).With(Measured(600 * i, 600 * i + 590, i));

        log.Segments.Count.ShouldBe(24);
        log.Segments.Sum(segment => segment.Canary.Requests).ShouldBe(99 * 100 / 2);
        log.Segments[0].Ordinal.ShouldBe(1);
    }

    [Fact]
    public void Of_too_many_different_weights_the_oldest_is_left_out()
    {
        var log = SegmentLog.Empty;
        for (var i = 0; i < 26; i++) log = log.Advance(AtTen with { Weight = i + 1 }, At(60 * i), Timing);

        log.Segments.Select(segment => segment.Conditions.Weight).ShouldBe(Enumerable.Range(3, 24));
        log.Segments[0].Ordinal.ShouldBe(3);
    }

    [Fact]
    public void A_segment_that_awaits_its_last_count_is_not_merged()
    {
        var log = SegmentLog.Empty;
        for (var i = 0; i < 23; i++) log = log.Advance(AtTen with { Weight = i + 1 }, At(60 * i), Timing);
        log = log.Advance(AtTen with { Weight = 23, CanaryReady = 2 }, At(60 * 23), Timing).Advance(AtTen with { Weight = 23, CanaryReady = 3 }, At(60 * 24), Timing);

        log.Segments.Count.ShouldBe(24);
        log.Segments.Select(segment => segment.From).ShouldBe(Enumerable.Range(1, 24).Select(i => At(60 * i)));
        log.Due(At(60 * 24 + 10), Timing).ShouldBe([new MeasurementWindow(At(60 * 23), At(60 * 24))]);
    }

    [Fact]
    public void However_looks_are_missed_repeated_or_late_each_request_is_counted_once() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            // One request a second: a segment's count is its length up to its last measurement.
            var random = new Random(seed);
            var (log, weight) = (SegmentLog.Empty, 10);
            var answers = new List<Measurement.Counts>();
            for (var second = 0; second < 7200; second += 5)
            {
                if (random.Next(60) == 0) weight = random.Next(1, 6) * 10;
                log = log.Advance(new SegmentConditions(weight, random.Next(20) == 0 ? 2 : 1, 1), At(second), Timing);
                answers.AddRange(log.Due(At(second), Timing).Select(due => new Measurement.Counts(due.From, due.To, new RequestCount((due.To - due.From).TotalSeconds, 0), default)));
                while (answers.Count > 0 && random.Next(3) > 0)
                {
                    var answer = answers[random.Next(answers.Count)];
                    log = log.With(answer).With(answer);
                    if (random.Next(2) > 0) answers.Remove(answer);
                }

                log.Segments.Count.ShouldBeLessThanOrEqualTo(SegmentLog.MaxSegments);
                log.Segments.Sum(segment => segment.Canary.Requests).ShouldBeLessThanOrEqualTo(second);
            }

            var ordered = log.Segments;
            ordered.Zip(ordered.Skip(1)).All(pair => pair.First.Ordinal < pair.Second.Ordinal && pair.First.ClosedAt <= pair.Second.From).ShouldBeTrue();
            ordered.All(segment => segment.Canary.Requests <= ((segment.ClosedAt ?? segment.To) - segment.From).TotalSeconds).ShouldBeTrue();
            return true;
        }));

    [Fact]
    public void A_restart_between_any_two_looks_changes_nothing()
    {
        var random = new Random(7);
        var (kept, restarted) = (SegmentLog.Empty, SegmentLog.Empty);
        for (var second = 0; second < 3600; second += 5)
        {
            var conditions = new SegmentConditions(10 * (1 + second / 900), 1, 1);
            var counts = new RequestCount(second * 3, random.Next(4));
            (kept, restarted) = (Step(kept), Step(Stored(restarted)));

            SegmentLog Step(SegmentLog log) => log.Advance(conditions, At(second), Timing).Due(At(second), Timing)
                .Aggregate(log.Advance(conditions, At(second), Timing), (known, due) => known.With(new Measurement.Counts(due.From, due.To, counts, counts)));
        }

        restarted.Segments.ShouldBe(kept.Segments);
        EvidenceTests.Compute(restarted.Segments, 0.01).ShouldBe(EvidenceTests.Compute(kept.Segments, 0.01));
    }

    [Fact]
    public void Segments_and_windows_begin_and_end_on_whole_seconds()
    {
        var log = SegmentLog.Empty.Advance(AtTen, At(0).AddMilliseconds(700), Timing);

        log.Due(At(50).AddMilliseconds(123), Timing).ShouldBe([new MeasurementWindow(At(0), At(40))]);
        log.Advance(AtTwenty, At(60).AddMilliseconds(999), Timing).Segments.Select(segment => segment.From).ShouldBe([At(0), At(60)]);
    }

    private static SegmentLog Stored(SegmentLog log) =>
        System.Text.Json.JsonSerializer.Deserialize<SegmentLog>(System.Text.Json.JsonSerializer.Serialize(log))!;

    private static SegmentLog Opened() => SegmentLog.Empty.Advance(AtTen, At(0), Timing);

    private static Measurement.Counts Measured(int from, int to, double requests) => new(At(from), At(to), new RequestCount(requests, 0), default);

    private static DateTimeOffset At(int second) => Start.AddSeconds(second);
}
