using System.Globalization;
using Sluice.Api;
using Sluice.EndToEnd.Leadership.World;
using Sluice.Kubernetes.Models;

namespace Sluice.EndToEnd.Leadership;

/// <summary>Three operators, one release after the other, and something befalls an operator all the time. <c>SLUICE_CHAOS_RELEASES</c> and <c>SLUICE_CHAOS_SEED</c> make it longer, or another one.</summary>
public sealed class ChaosTests(LeadershipCluster cluster, ITestOutputHelper output)
{
    /// <summary>Long enough that two or three blows fall during each.</summary>
    private const int BlowsPerRelease = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_befalls_the_operators_each_release_is_carried_out_once_by_one_writer_at_a_time()
    {
        var (releases, seed) = (Setting("SLUICE_CHAOS_RELEASES", otherwise: 1), Setting("SLUICE_CHAOS_SEED", otherwise: 1));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {releases} releases"));
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        await world.StartPairAsync();
        await world.LaunchAsync("c");
        var chaos = new Chaos(world, seed);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var supervising = chaos.SuperviseAsync(end.Token);
        await world.BeginReleaseAsync();

        for (var release = 1; release <= releases; release++)
        {
            if (release > 1) await world.ApplyAsync(release + 1);
            for (var blow = 0; blow < BlowsPerRelease; blow++) output.WriteLine($"release {release}: {await chaos.StrikeAsync()}");
            await world.CompletesAsync(release + 1);
        }

        await end.CancelAsync();
        await supervising;
        (await world.Shop.ListAsync<Release>()).Select(release => release.Status!.Outcome).ShouldAllBe(outcome => outcome == Outcome.Promoted);
        var migrations = await world.Shop.ListAsync<Migration>();
        migrations.Count.ShouldBe(releases);
        migrations.ShouldAllBe(migration => migration.Status!.State == MigrationState.Succeeded && migration.Status.Attempt == 1);
        (await world.Shop.ListAsync<V1Job>()).Count.ShouldBe(2 * releases);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{world.Ledger.Entries.Count} writes by {world.Ledger.Successions.Count} leaders in succession, at least {world.Guard.Lowest} pods ready"));
    }

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
