using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Time;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_double_up_to_the_longest_and_lie_anywhere_between_the_base_and_twice_that()
    {
        double[] bases = [0.8, 1.6, 3.2, 6.4, 12.8, 15, 15, 15];
        var drawn = new List<double>[bases.Length];
        for (var seed = 0; seed < 200; seed++)
        {
            var backoff = new Backoff(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), new Jitter(new Random(seed)));
            for (var failure = 0; failure < bases.Length; failure++)
                (drawn[failure] ??= []).Add(backoff.Next(TimeSpan.Zero) / TimeSpan.FromSeconds(bases[failure]));
        }

        drawn.ShouldAllBe(factors => factors.TrueForAll(factor => factor >= 1 && factor < 2));
        drawn.ShouldAllBe(factors => factors.Max() - factors.Min() > 0.9);
    }

    [Fact]
    public void Only_a_healthy_time_that_is_long_enough_lets_them_begin_anew()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), new Jitter(new Random(1)));
        for (var failure = 0; failure < 5; failure++)
            backoff.Next(TimeSpan.Zero);

        backoff.Next(TimeSpan.FromSeconds(119)).ShouldBeGreaterThan(TimeSpan.FromSeconds(10));
        backoff.Next(TimeSpan.FromMinutes(2)).ShouldBeLessThan(TimeSpan.FromSeconds(1.6));
    }
}
