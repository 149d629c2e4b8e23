namespace Sluice.Simulation.Randomised;

/// <summary>What the Rollout of one history uses besides weights, pauses, gates, analysis, soak and migrations. Half of the histories use nothing else.</summary>
internal sealed record Features
{
    public Steering Steering { get; private init; }

    public bool HasChecks { get; private init; }

    public int RollbackWindow { get; private init; }

    public bool IsRestarted { get; private init; }

    public bool IsAutoscaled { get; private init; }

    /// <summary>How the Deployment gives way that the Rollout takes over; null for a Rollout with a template of its own.</summary>
    public string? Workload { get; private init; }

    /// <summary>Null where no route leads to the canary.</summary>
    public DrawnRoute? Route => DrawnRoute.Of(Steering);

    /// <summary>Something leads traffic to revisions, and pods stay for a while when it does so no more.</summary>
    public bool IsSteered => Steering != Steering.Pods;

    /// <summary>A Service of its own leads to either side.</summary>
    public bool HasServices => IsSteered && Steering != Steering.IstioSubsets;

    public static Features Draw(int seed)
    {
        var draws = Disturbance.Of(seed, "features");
        if (draws.Next(2) == 0) return new Features();

        return new Features
        {
            Steering = draws.Next(12) switch { < 3 => Steering.BlueGreen, 3 => Steering.GatewayApi, 4 => Steering.Istio, 5 => Steering.Nginx, 6 => Steering.IstioSubsets, _ => Steering.Pods },
            HasChecks = draws.Next(3) == 0,
            RollbackWindow = draws.Next(3) == 0 ? draws.Next(1, 4) : 0,
            IsRestarted = draws.Next(3) == 0,
            IsAutoscaled = draws.Next(3) == 0,
            Workload = draws.Next(6) > 0 ? null : AnyScaleDown(draws),
        };
    }

    public static string AnyScaleDown(Random draws) => draws.Next(3) switch { 0 => "Never", 1 => "OnSuccess", _ => "Progressively" };

    public override string ToString()
    {
        List<string> all =
        [
            .. Steering == Steering.Pods ? Array.Empty<string>() : [$"{Steering}"],
            .. HasChecks ? ["checks"] : Array.Empty<string>(),
            .. RollbackWindow > 0 ? [$"rollbackWindow {RollbackWindow}"] : Array.Empty<string>(),
            .. IsRestarted ? ["restarts"] : Array.Empty<string>(),
            .. IsAutoscaled ? ["an autoscaler"] : Array.Empty<string>(),
            .. Workload is null ? Array.Empty<string>() : [$"a Deployment that gives way {Workload}"],
        ];
        return all.Count > 0 ? string.Join(", ", all) : "nothing special";
    }
}
