namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>How many replicas a metric asks for: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details.</summary>
internal static class ReplicaCalculator
{
    private const double Tolerance = 0.1;

    /// <param name="current">The replicas that the target's spec asks for now.</param>
    /// <param name="pods">Of the target, without those on their way out.</param>
    /// <returns><paramref name="current"/> where the ratio of usage and target is within the tolerance, and where no pod is ready.</returns>
    public static int Replicas(int current, IReadOnlyList<PodSample> pods)
    {
        List<PodSample> ready = [.. pods.Where(pod => pod.IsReady)];
        if (ready.Count == 0) return current;

        var ratio = Ratio(ready);
        if (ratio <= 1 || ready.Count == pods.Count) return IsTolerable(ratio) ? current : Count(ratio, ready.Count);

        // More are asked for while some are on their way: those will take a share, and had none yet.
        var damped = Ratio([.. pods.Select(pod => pod.IsReady ? pod : pod with { Usage = 0 })]);
        if (damped < 1 || IsTolerable(damped)) return current;
        return Math.Max(current, Count(damped, pods.Count));
    }

    private static double Ratio(IReadOnlyList<PodSample> pods) => pods.Sum(pod => pod.Usage) / pods.Sum(pod => pod.Target);

    private static bool IsTolerable(double ratio) => Math.Abs(ratio - 1) <= Tolerance;

    // Rounded, or two pods that are just enough would be three by the last bit.
    private static int Count(double ratio, int pods) => (int)Math.Ceiling(Math.Round(ratio * pods, 6));
}
