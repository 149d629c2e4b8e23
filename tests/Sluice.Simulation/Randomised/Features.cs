namespace Sluice.Simulation.Randomised;

/// <summary>What the Rollout of one history uses besides weights, pauses, gates, analysis, soak and migrations. Half of the histories use nothing else.</summary>
internal sealed record Features
{
    public Steering Steering { get; private init; }

    public bool HasChecks { get; private init; }

    public int RollbackWindow { get; private init; }

    public bool IsRestarted { get; private init; }

    public bool IsAutoscaled { get; private init; }

    /// <summary>Null where no route leads to the canary.</summary>
    public DrawnRoute? Route => DrawnRoute.Of(Steering);

    public bool HasServices => Steering != Steering.Pods;

    public static Features Draw(int seed)
    {
        var draws = Disturbance.Of(seed, "features");
        if (draws.Next(2) == 0) return new Features();

        return new Features
        {
            Steering = draws.Next(12) switch { < 3 => Steering.BlueGreen, 3 => Steering.GatewayApi, 4 => Steering.Istio, 5 => Steering.Nginx, _ => Steering.Pods },
            HasChecks = draws.Next(3) == 0,
            RollbackWindow = draws.Next(3) == 0 ? draws.Next(1, 4) : 0,
            IsRestarted = draws.Next(3) == 0,
            IsAutoscaled = draws.Next(3) == 0,
        };
    }

    public override string ToString()
    {
        List<string> all =
        [
            .. Steering == Steering.Pods ? Array.Empty<string>() : [$"{Steering}"],
            .. HasChecks ? ["checks"] : Array.Empty<string>(),
            .. RollbackWindow > 0 ? [$"rollbackWindow {RollbackWindow}"] : Array.Empty<string>(),
            .. IsRestarted ? ["restarts"] : Array.Empty<string>(),
            .. IsAutoscaled ? ["an autoscaler"] : Array.Empty<string>(),
        ];
        return all.Count > 0 ? string.Join(", ", all) : "nothing special";
    }
}
