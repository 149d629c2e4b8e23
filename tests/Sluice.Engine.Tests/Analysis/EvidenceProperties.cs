using FsCheck;
using FsCheck.Fluent;
using Sluice.Api;
using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

public sealed class EvidenceProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(400);

    private static Arbitrary<double[][]> Counts =>
        (from segment in (from canary in Gen.Choose(1, 5000)
                          from stable in Gen.Choose(0, 5000)
                          from canaryErrors in Gen.Choose(0, 60)
                          from stableErrors in Gen.Choose(0, 60)
                          select new double[] { canary, Math.Min(canary, canaryErrors), stable, Math.Min(stable, stableErrors) }).NonEmptyListOf()
         select segment.Take(12).ToArray()).ToArbitrary();

    [Fact]
    public void One_more_canary_error_never_helps_the_canary() =>
        Check.One(Many, Prop.ForAll(Counts, counts =>
        {
            var before = EvidenceTests.Compute(EvidenceTests.Segments(counts), 0.01);
            var worse = counts.Select(count => count.ToArray()).ToArray();
            if (worse[^1][1] + 1 > worse[^1][0]) return true;
            worse[^1][1]++;
            var after = EvidenceTests.Compute(EvidenceTests.Segments(worse), 0.01);

            return after.WithinMax <= before.WithinMax + 1e-9 && after.AboveMax >= before.AboveMax - 1e-9 && after.WorseThanStable >= before.WorseThanStable - 1e-9;
        }));

    [Fact]
    public void One_more_stable_error_never_speaks_against_the_canary() =>
        Check.One(Many, Prop.ForAll(Counts, counts =>
        {
            var before = EvidenceTests.Compute(EvidenceTests.Segments(counts), 0.01);
            var other = counts.Select(count => count.ToArray()).ToArray();
            if (other[^1][3] + 1 > other[^1][2]) return true;
            other[^1][3]++;
            var after = EvidenceTests.Compute(EvidenceTests.Segments(other), 0.01);

            return after.FailEvidence <= before.FailEvidence + 1e-9 && Math.Abs(after.WithinMax - before.WithinMax) < 1e-9;
        }));

    [Fact]
    public void A_higher_max_is_easier_to_keep() =>
        Check.One(Many, Prop.ForAll(Counts, counts =>
        {
            var segments = EvidenceTests.Segments(counts);
            var (strict, lax) = (EvidenceTests.Compute(segments, 0.01), EvidenceTests.Compute(segments, 0.02));

            // Comparable where the canary is below both bounds: there the evidence for the wider one is stronger.
            return strict.Canary.ErrorRate > 0.006 || lax.WithinMax >= strict.WithinMax - 1e-9;
        }));

    [Fact]
    public void Good_requests_alone_never_lead_to_a_failure() =>
        Check.One(Many, Prop.ForAll(Counts, counts =>
        {
            var clean = counts.Select(count => new[] { count[0], 0, count[2], count[3] }).ToArray();

            return EvidenceTests.Compute(EvidenceTests.Segments(clean), 0.01).Verdict != Verdict.Fail;
        }));

    [Fact]
    public void Cutting_a_time_of_constant_conditions_in_two_leaves_the_whole_products_as_they_are() =>
        Check.One(Many, Prop.ForAll(Counts, counts =>
        {
            var halved = counts.SelectMany(count => new[] { Half(count), Half(count) }).ToArray();
            var (whole, cut) = (EvidenceTests.Compute(EvidenceTests.Segments(counts), 0.01), EvidenceTests.Compute(EvidenceTests.Segments(halved), 0.01));

            return Math.Abs(whole.WithinMax - cut.WithinMax) < 1e-6;
        }));

    [Fact]
    public void More_dispersion_means_weaker_verdicts() =>
        Check.One(Many, Prop.ForAll(Counts, counts =>
        {
            var segments = EvidenceTests.Segments(counts);
            var (independent, clustered) = (EvidenceTests.Compute(segments, 0.01), EvidenceTests.Compute(segments, 0.01, dispersion: 4));

            return independent.Verdict == Verdict.Fail || clustered.Verdict != Verdict.Fail;
        }));

    private static double[] Half(double[] count) => [.. count.Select(value => value / 2)];
}
