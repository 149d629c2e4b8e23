using Sluice.Api;
using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

public sealed class EvidenceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly Confidence Confidence = new(0.01, 0.05);

    public static TheoryData<string, double[][], double, double, double, double[]> Vectors => new()
    {
        // Canary requests and errors, stable requests and errors of each segment; max; ratio; dispersion; then ln Σw·R(τ), ln Σw·min(A, R(1)), ln P, ln P of
        // the last segment. Computed from the plain products of the formulas with 60 decimal digits, by a program that shares nothing with this one.
        { "two segments", [[300, 3, 2700, 9], [600, 12, 2400, 8]], 0.01, 1.5, 1, [3.4631039219, 0.1367034443, -5.4796862373, -5.1437957657] },
        { "dispersed", [[300, 3, 2700, 9], [600, 12, 2400, 8]], 0.01, 1.5, 2, [1.4070985833, -0.6547665374, -3.4124526453, -3.2284762428] },
        { "fractions", [[300, 1, 2700, 2.5], [600.5, 0.75, 2400, 3.25], [1500, 2, 1500, 1]], 0.01, 1.5, 1, [-1.0239848324, -10.9737615731, 12.0812481874, 7.9482550199] },
        { "no stable traffic", [[840, 43, 0, 0]], 0.01, 1.5, 1, [-0.6931471806, 33.7008235436, -20.1380821513, -20.1380821513] },
        { "stable traffic ends", [[1000, 60, 1000, 2], [500, 30, 0, 0]], 0.02, 1.5, 1, [20.8534189395, 30.1762102699, -35.8971227227, -12.8899037989] },
        { "dead canary", [[50, 50, 450, 0]], 0.02, 1.5, 1, [71.4927410191, 80.7339752519, -26.9275755494, -26.9275755494] },
        { "ratio 3", [[100, 1, 900, 9], [100, 9, 100, 1]], 0.05, 3, 1, [-0.8772738192, -1.5271326132, -2.5182043442, -4.0799608298] },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_evidence_is_what_the_plain_products_give(string name, double[][] counts, double max, double ratio, double dispersion, double[] expected)
    {
        var evidence = Compute(Segments(counts), max, ratio, dispersion);

        evidence.WorseThanStable.ShouldBe(expected[0], 1e-8, name);
        evidence.AboveMax.ShouldBe(expected[1], 1e-8, name);
        evidence.WithinMax.ShouldBe(expected[2], 1e-8, name);
        evidence.WithinMaxAtPresent.ShouldBe(expected[3], 1e-8, name);
    }

    [Fact]
    public void A_segment_keeps_its_ordinal_weight_when_older_ones_have_been_merged()
    {
        var segments = Segments([[300, 3, 2700, 9], [600, 12, 2400, 8]]);

        Compute([segments[0], segments[1] with { Ordinal = 30 }], 0.01).WorseThanStable.ShouldBe(3.1715163661, 1e-8);
    }

    [Theory]
    [InlineData(359, Verdict.Inconclusive)]
    [InlineData(360, Verdict.Pass)] // (1/4)·Σ ((1−m·0.01)/0.99)^360 over m = 0, 0.1, 0.3, 0.6 is the first to reach 20
    public void Without_errors_360_requests_confirm_one_percent(double requests, Verdict verdict) =>
        Compute(Segments([[requests, 0, 9 * requests, 0]]), 0.01).Verdict.ShouldBe(verdict);

    [Theory]
    [InlineData(187, Verdict.Inconclusive)]
    [InlineData(188, Verdict.Pass)]
    public void The_present_step_must_bear_its_own_part(double requests, Verdict verdict) =>
        Compute(Segments([[1000, 0, 9000, 0], [requests, 0, 800, 0]]), 0.01).Verdict.ShouldBe(verdict);

    [Fact]
    public void Thresholds_follow_from_the_confidence()
    {
        var evidence = Compute(Segments([[1, 0, 1, 0]]), 0.01);

        evidence.FailThreshold.ShouldBe(Math.Log(200), 1e-12);
        evidence.PassThreshold.ShouldBe(Math.Log(20), 1e-12);
        evidence.PresentThreshold.ShouldBe(Math.Log(20) / 2, 1e-12);
    }

    [Fact]
    public void Alpha_is_shared_out_over_the_metrics_and_beta_is_not() =>
        Confidence.SharedOver(4).ShouldBe(new Confidence(0.0025, 0.05));

    [Fact]
    public void No_segments_are_no_evidence()
    {
        var evidence = Compute([], 0.01);

        evidence.Verdict.ShouldBe(Verdict.Inconclusive);
        evidence.WithinMax.ShouldBe(0, 1e-12);
        evidence.LeansAgainst.ShouldBeFalse();
    }

    [Fact]
    public void Segments_without_requests_change_nothing()
    {
        var counted = Segments([[300, 3, 2700, 9]]);
        var withEmpty = Segments([[300, 3, 2700, 9], [0, 0, 0, 0]]);

        // The start in the empty segment contributes its w₂ = 1/6 of certainty 1, and nothing else changes.
        Math.Exp(Compute(withEmpty, 0.01).WorseThanStable).ShouldBe(Math.Exp(Compute(counted, 0.01).WorseThanStable) + 1.0 / 6, 1e-9);
        Compute(withEmpty, 0.01).WithinMax.ShouldBe(Compute(counted, 0.01).WithinMax, 1e-12);
    }

    [Fact]
    public void A_canary_far_above_max_fails_for_that()
    {
        var evidence = Compute(Segments([[840, 43, 7000, 7]]), 0.01);

        evidence.Verdict.ShouldBe(Verdict.Fail);
        evidence.Cause.ShouldBe(FailCause.AboveMax);
    }

    [Fact]
    public void A_canary_below_max_but_far_worse_than_stable_fails_for_that()
    {
        var evidence = Compute(Segments([[8000, 40, 8000, 2]]), 0.01);

        evidence.Verdict.ShouldBe(Verdict.Fail);
        evidence.Cause.ShouldBe(FailCause.WorseThanStable);
        Compute(Segments([[8000, 40, 8000, 2]]), 0.01, ratio: 0).Verdict.ShouldBe(Verdict.Pass);
    }

    [Fact]
    public void An_outage_of_both_sides_is_no_failure_of_the_canary()
    {
        var evidence = Compute(Segments([[1000, 500, 9000, 4500]]), 0.01);

        evidence.Verdict.ShouldBe(Verdict.Inconclusive);
        evidence.StableAboveMax.ShouldBeTrue();
    }

    [Fact]
    public void With_the_ratio_off_an_outage_of_both_sides_is_still_no_failure() =>
        Compute(Segments([[1000, 500, 9000, 4500]]), 0.01, ratio: 0).Verdict.ShouldBe(Verdict.Inconclusive);

    [Fact]
    public void Where_stable_has_no_traffic_an_outage_is_the_canarys() =>
        Compute(Segments([[1000, 500, 0, 0]]), 0.01).Verdict.ShouldBe(Verdict.Fail);

    [Fact]
    public void After_good_steps_with_stable_an_outage_in_the_soak_still_fails() =>
        Compute(Segments([[5000, 5, 5000, 5], [20000, 10, 20000, 10], [1000, 100, 0, 0]]), 0.01).Verdict.ShouldBe(Verdict.Fail);

    [Fact]
    public void Stragglers_to_stable_do_not_hide_an_outage_after_the_switch() =>
        Compute(Segments([[5000, 5, 5000, 5], [10000, 2000, 40, 0]]), 0.01).Verdict.ShouldBe(Verdict.Fail);

    [Fact]
    public void While_the_canary_leans_to_worse_it_does_not_pass()
    {
        var leaning = Compute(Segments([[5000, 12, 5000, 2]]), 0.01);
        leaning.LeansAgainst.ShouldBeTrue();
        leaning.WithinMax.ShouldBeGreaterThan(leaning.PassThreshold);
        leaning.Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Theory]
    [InlineData(0, 1000, 0, Verdict.Inconclusive)] // nothing can be confirmed to be zero
    [InlineData(0, 1000, 1, Verdict.Fail)]
    [InlineData(1, 1, 1, Verdict.Pass)]
    [InlineData(1, 1000, 1000, Verdict.Pass)]
    [InlineData(1, 0, 0, Verdict.Inconclusive)]
    [InlineData(0.9995, 1000, 1000, Verdict.Inconclusive)]
    [InlineData(0.9995, 1000, 0, Verdict.Pass)] // the capped alternatives are below max here: good requests must not speak for them
    [InlineData(1, 1000, 0, Verdict.Pass)]
    [InlineData(0.7, 1000, 1000, Verdict.Fail)]
    public void A_max_at_the_edges_is_taken_at_its_word(double max, double requests, double errors, Verdict verdict) =>
        Compute(Segments([[requests, errors, 0, 0]]), max).Verdict.ShouldBe(verdict);

    [Fact]
    public void With_max_zero_the_first_error_counts_only_if_stable_is_better() =>
        Compute(Segments([[1000, 1, 1000, 1]]), 0).Verdict.ShouldBe(Verdict.Inconclusive);

    [Theory]
    [InlineData(10, 12)]
    [InlineData(-1, 0)]
    public void Counts_that_contradict_each_other_are_bounded(double requests, double errors)
    {
        var evidence = Compute(Segments([[requests, errors, 100, 0]]), 0.01);

        double.IsNaN(evidence.FailEvidence).ShouldBeFalse();
        double.IsNaN(evidence.WithinMax).ShouldBeFalse();
    }

    [Fact]
    public void Weeks_of_heavy_traffic_stay_within_a_double()
    {
        var evidence = Compute(Segments([.. Enumerable.Repeat<double[]>([1e9, 1e6, 1e9, 1e6], 24)]), 0.01);

        evidence.Verdict.ShouldBe(Verdict.Pass);
        double.IsFinite(evidence.WithinMax).ShouldBeTrue();
        double.IsFinite(evidence.FailEvidence).ShouldBeTrue();
    }

    internal static List<Segment> Segments(double[][] counts) =>
        [.. counts.Select((count, i) => new Segment(
            i + 1, Start.AddMinutes(i), Start.AddMinutes(i + 1), i == counts.Length - 1 ? null : Start.AddMinutes(i + 1), new SegmentConditions(10 * (i + 1), 1, 1),
            new RequestCount(count[0], count[1]), new RequestCount(count[2], count[3])))];

    internal static Evidence Compute(IReadOnlyList<Segment> segments, double max, double ratio = 1.5, double dispersion = 1) =>
        Evidence.Compute(segments, new ErrorRateBounds(max, ratio), Confidence, dispersion, segments is [.., var last] ? last.From : Start);
}
