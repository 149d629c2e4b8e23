using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>
/// What was recommended lately: by the windows of <c>behavior</c> a number falls to the highest of the last five minutes and rises to the lowest of the last zero seconds, unless they say otherwise.
/// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#stabilization-window.
/// </summary>
internal sealed class Recommendations
{
    private const int DefaultDown = 300;
    private readonly List<(DateTimeOffset At, int Replicas)> _past = [];

    /// <summary>The recommendation, held back by earlier ones.</summary>
    public int Stabilise(int current, int recommended, V2HorizontalPodAutoscalerBehavior? behavior, DateTimeOffset now)
    {
        var up = TimeSpan.FromSeconds(behavior?.ScaleUp?.StabilizationWindowSeconds ?? 0);
        var down = TimeSpan.FromSeconds(behavior?.ScaleDown?.StabilizationWindowSeconds ?? DefaultDown);
        if (_past.Count == 0) _past.Add((now, current));
        _past.RemoveAll(past => past.At < now - (up > down ? up : down));
        var lowest = Within(up).Append(recommended).Min();
        var highest = Within(down).Append(recommended).Max();
        _past.Add((now, recommended));
        return Math.Min(Math.Max(current, lowest), highest);

        IEnumerable<int> Within(TimeSpan window) => _past.Where(past => past.At > now - window).Select(past => past.Replicas);
    }
}
