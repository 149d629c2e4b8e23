using System.Globalization;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>What befalls operators at random: from one seed always the same, though not at the same moments.</summary>
internal sealed class Chaos(LeadershipWorld world, int seed)
{
    private static readonly LinkState[] Cuts = [LinkState.Refused, LinkState.Silent, LinkState.RequestsLost, LinkState.AnswersLost];

    private readonly Random random = new(seed);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>One blow, most often against the leader, and its end; says what it was.</summary>
    public async Task<string> StrikeAsync()
    {
        await PauseAsync(from: 0.2, to: 2.5);
        var victim = Victim();
        var blow = random.Next(4);
        switch (blow)
        {
            case 0:
                await victim.KillAsync();
                return $"{victim.Name} was killed";
            case 1:
                await victim.TerminateAsync();
                return $"{victim.Name} was asked to stop";
            case 2:
                await victim.FreezeAsync();
                var slept = await PauseAsync(from: 0.5, to: 10);
                await victim.ResumeAsync();
                return $"{victim.Name} was frozen for {slept} s";
            default:
                var cut = Cuts[random.Next(Cuts.Length)];
                await victim.Link.SetAsync(cut);
                var alone = await PauseAsync(from: 0.5, to: 10);
                await victim.Link.SetAsync(LinkState.Open);
                return $"{victim.Name} had its network {cut} for {alone} s";
        }
    }

    /// <summary>Starts again whoever has ended, as kubelets do, until cancelled.</summary>
    public async Task SuperviseAsync(CancellationToken end)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                foreach (var candidate in world.Candidates.Where(candidate => candidate.HasExited)) await candidate.RestartAsync();
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The scenario is over.
        }
    }

    private Candidate Victim()
    {
        var leader = world.Ledger.Leader;
        var all = world.Candidates.OrderBy(candidate => candidate.Name, StringComparer.Ordinal).ToList();
        return random.NextDouble() < 0.75 && leader is not null ? world.Named(leader) : all[random.Next(all.Count)];
    }

    private async Task<string> PauseAsync(double from, double to)
    {
        var seconds = from + (random.NextDouble() * (to - from));
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, Ct);
        return seconds.ToString("0.0", CultureInfo.InvariantCulture);
    }
}
