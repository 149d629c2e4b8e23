using System.Globalization;
using Sluice.Api.Values;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Models.PodSpecs;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>
/// How a simulated pod behaves, read from the annotations <c>sandbox.sluice.dev/…</c> of its template. Durations are Go's (<c>1m30s</c>).
/// </summary>
internal sealed record PodBehaviour
{
    public const string Prefix = "sandbox.sluice.dev/";

    /// <summary><c>ready-after</c>: from the start of the containers until they are ready.</summary>
    public TimeSpan ReadyAfter { get; init; }

    /// <summary><c>crash</c>: how long after each start the containers exit with an error (<c>true</c>: at once); null: never.</summary>
    public TimeSpan? CrashAfter { get; init; }

    /// <summary><c>image-pull-error</c>: the waiting reason (<c>true</c> means ErrImagePull); null: the pull works.</summary>
    public string? ImagePullError { get; init; }

    /// <summary><c>unschedulable</c>: no node takes the pod.</summary>
    public bool Unschedulable { get; init; }

    /// <summary><c>requests-per-second</c>: requests that one ready pod serves while traffic is spread evenly.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary><c>error-rate</c>: the share of requests answered with 500, as <c>5%</c> or <c>0.05</c>.</summary>
    public double ErrorRate { get; init; }

    /// <summary><c>latency</c>: the mean duration of a request.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary><c>cpu-per-request</c>: processor seconds that a request costs, as a quantity (<c>5m</c> are five milliseconds); what a HorizontalPodAutoscaler sees.</summary>
    public double CpuPerRequest { get; init; }

    /// <summary><c>duration</c>: how long a pod that ends runs. Pods of Jobs end after a second where nothing is said; others never.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary><c>exit-code</c>: of the containers when they end.</summary>
    public int ExitCode { get; init; }

    /// <summary><c>log</c>: what the containers print before they end.</summary>
    public string? Log { get; init; }

    /// <summary><c>run</c>: the container's command is run as a process of this machine, where the node is allowed to; nothing else is said of it then.</summary>
    public bool Runs { get; init; }

    /// <summary>What is wrong with the annotations; null when they can be followed.</summary>
    public string? Error { get; private init; }

    public static PodBehaviour Of(V1Pod pod)
    {
        var behaviour = new PodBehaviour();
        foreach (var (key, value) in (pod.Metadata.Annotations ?? new Dictionary<string, string>()).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!key.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            if (behaviour.With(key[Prefix.Length..], value) is not { } next) return new PodBehaviour { Error = $"annotation {key}: {value} is not understood" };
            behaviour = next;
        }

        return behaviour;
    }

    private PodBehaviour? With(string name, string value) => name switch
    {
        "ready-after" => Span(value) is { } after ? this with { ReadyAfter = after } : null,
        "crash" => Crash(value) is { Valid: true } crash ? this with { CrashAfter = crash.After } : null,
        "image-pull-error" => PullError(value) is { Valid: true } pull ? this with { ImagePullError = pull.Reason } : null,
        "unschedulable" => bool.TryParse(value, out var not) ? this with { Unschedulable = not } : null,
        "requests-per-second" => Number(value, 1_000_000) is { } rate ? this with { RequestsPerSecond = rate } : null,
        "error-rate" => Share(value) is { } share ? this with { ErrorRate = share } : null,
        "latency" => Span(value) is { } latency ? this with { Latency = latency } : null,
        "cpu-per-request" => Quantity.TryParse(value, out var seconds) && seconds >= 0 ? this with { CpuPerRequest = (double)seconds } : null,
        "duration" => Span(value) is { } length ? this with { Duration = length } : null,
        "exit-code" => byte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? this with { ExitCode = code } : null,
        "log" => this with { Log = value },
        "run" => bool.TryParse(value, out var runs) ? this with { Runs = runs } : null,
        _ => null,
    };

    private static TimeSpan? Span(string value) => GoDuration.TryParse(value, out var duration) ? duration : null;

    private static (bool Valid, TimeSpan? After) Crash(string value) =>
        bool.TryParse(value, out var now) ? (true, now ? TimeSpan.Zero : null)
        : GoDuration.TryParse(value, out var after) ? (true, after)
        : default;

    private static (bool Valid, string? Reason) PullError(string value) => value switch
    {
        "false" => (true, null),
        "true" or "ErrImagePull" or "ImagePullBackOff" => (true, "ErrImagePull"),
        "InvalidImageName" or "ErrImageNeverPull" => (true, value),
        _ => default,
    };

    private static double? Share(string value) => value.EndsWith('%')
        ? Number(value[..^1], 100) / 100
        : Number(value, 1);

    private static double? Number(string value, double most) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most ? number : null;
}
