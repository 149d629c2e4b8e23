using MathNet.Numerics.Distributions;
using Sluice.Engine.Analysis;

namespace Sluice.Testing.Analysis;

/// <summary>Draws the requests of one side in a while, and how many of them fail.</summary>
internal sealed class RequestSource(Random random)
{
    public RequestCount Count(double expectedRequests, double errorRate, double clusterMean)
    {
        // Independent errors thin a Poisson stream of requests into two independent ones.
        if (clusterMean <= 1)
        {
            var failed = Sample(expectedRequests * errorRate);
            return new RequestCount(failed + Sample(expectedRequests * (1 - errorRate)), failed);
        }

        var errors = 0;
        var clusters = Sample(expectedRequests * errorRate / clusterMean);
        for (var i = 0; i < clusters; i++) errors += Geometric.Sample(random, 1 / clusterMean);
        return new RequestCount(Math.Max(Sample(expectedRequests), errors), errors);
    }

    private int Sample(double mean) => mean <= 0 ? 0 : Poisson.Sample(random, mean);
}
