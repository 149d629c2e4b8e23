using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Demo.Views;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>A first deployment, a good release with a migration and a bad one, applied by kubectl and watched by the demo's own watches.</summary>
internal sealed class DemoStory(SandboxEnvironment environment, IDemoView view, DemoClock clock)
{
    private const string Namespace = "shop";
    private const string RolloutName = "payments";
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(250);

    /// <summary>Tells it; true when everything held that the demo is there to show.</summary>
    /// <exception cref="SandboxException">A release did not come to an end in time.</exception>
    public async Task<bool> TellAsync(TimeSpan perRelease, CancellationToken ct)
    {
        await environment.CreateNamespaceAsync(Namespace, ct);
        await using var watch = await ClusterWatch.StartAsync(environment.Client, new NamespacedName(Namespace, RolloutName), ct);

        view.Heading("v1", "a first deployment goes straight to all pods");
        await ReleaseAsync(watch, "v1", perRelease, ct);
        var required = await GuardAsync(watch, perRelease, ct);

        view.Heading("v2", "a good version: its migration first, then a canary, then everybody");
        var good = await ReleaseAsync(watch, "v2", perRelease, ct);

        view.Heading("v3", "a bad version: one request in twenty fails");
        var bad = await ReleaseAsync(watch, "v3", perRelease, ct);

        view.Heading("what is left", "as kubectl shows it");
        await ShowCommandAsync(["get", "rollouts,releases,migrations", "-n", Namespace], ct);
        await ShowCommandAsync(["describe", "rollout", RolloutName, "-n", Namespace], ct);

        var checks = DemoChecks.Of(new DemoFindings(watch.Current(), good, bad, required, watch.Pods));
        view.Summary(checks, clock.Elapsed);
        return checks.All(check => check.Holds);
    }

    /// <summary>Applies a version and follows it to its end. Returns the name of its Release.</summary>
    private async Task<string> ReleaseAsync(ClusterWatch watch, string version, TimeSpan deadline, CancellationToken ct)
    {
        var manifest = Path.Combine("config", "samples", "demo", $"payments-{version}.yaml");
        await ShowCommandAsync(["apply", "-n", Namespace, "-f", manifest], ct);
        var applied = await environment.Client.GetAsync<Rollout>(Namespace, RolloutName, ct);
        var generation = applied?.Metadata.Generation ?? 0;

        await view.ShowAsync(show => UntilAsync(
            watch,
            scene =>
            {
                show(ReleaseView.Of(scene, generation));
                return scene.IsSettled(generation);
            },
            $"{version} came to no end",
            deadline,
            ct));
        return watch.Current().Rollout?.Status?.LastRelease?.Name ?? "";
    }

    /// <summary>From now on the service must keep its strength: replicas − maxUnavailable pods, which is returned.</summary>
    private async Task<int> GuardAsync(ClusterWatch watch, TimeSpan deadline, CancellationToken ct)
    {
        var rollout = watch.Current().Rollout;
        var required = (rollout?.Spec.Replicas ?? 0) - MaxUnavailable(rollout);
        await UntilAsync(watch, _ => watch.Pods.TryGuard(required), $"fewer than {required} pods were available", deadline, ct);
        return required;
    }

    /// <summary>Looks at every change until <paramref name="condition"/> holds.</summary>
    private async Task UntilAsync(ClusterWatch watch, Func<Scene, bool> condition, string otherwise, TimeSpan deadline, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(deadline, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            while (!condition(watch.Current()))
            {
                if (environment.Operator is { HasExited: true } ended) throw new SandboxException($"the operator has ended. Its last lines:\n{ended.LastLines}");
                await watch.ChangedAsync(Blink, either.Token);
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            var status = watch.Current().Rollout?.Status;
            throw new SandboxException(
                $"{otherwise} within {deadline.TotalSeconds:0} s; the Rollout is {status?.Phase}: {status?.Message}\nThe operator's last lines:\n{environment.Operator?.LastLines}", e);
        }
    }

    private async Task ShowCommandAsync(IReadOnlyList<string> arguments, CancellationToken ct) =>
        view.Command($"kubectl {string.Join(' ', arguments)}", await environment.Kubectl.RunAsync(arguments, ct));

    /// <summary>A count, as the demo's manifests give it; the default is none.</summary>
    private static int MaxUnavailable(Rollout? rollout) =>
        int.TryParse(rollout?.Spec.Strategy.Canary?.MaxUnavailable.ToString(), out var count) ? count : 0;
}
