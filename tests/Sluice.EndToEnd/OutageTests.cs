using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd;

/// <summary>Parts of the world fail under the operator. These tests break their environment and so have one of their own.</summary>
public sealed class OutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_Prometheus_nothing_passes_and_the_way_back_is_open()
    {
        await using var environment = await LiveSandbox.StartAsync(Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);
        await shop.ApplyAsync($"{new Payments()}");
        await shop.UntilHealthyAsync();
        await environment.StopPrometheusAsync();

        await shop.ApplyAsync($"{new Payments { Version = 2 }}");
        var waiting = await shop.UntilAsync(status => status.Release?.Step?.Kind == StepKind.Analysis && status.Message!.Contains("no usable answer", StringComparison.Ordinal));
        waiting.Release!.Verdict.ShouldBe(Verdict.Inconclusive);

        await shop.ApplyAsync($"{new Payments()}");
        var status = await shop.UntilHealthyAsync();
        status.LastRelease!.Outcome.ShouldBe(Outcome.Reverted);
    }
}
