using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>
/// Runs the pods that are bound to the node: writes each one's state as its <see cref="PodLife"/> has it at this moment, and comes back when
/// that changes next. Keeps the lives in memory as a kubelet does; what it does not know any more it reads back from the pod's status.
/// </summary>
internal sealed class Kubelet(ClusterLifePorts ports, ClusterLifeOptions options) : IReconciler
{
    /// <summary>How often is looked whether a process has ended.</summary>
    private static readonly TimeSpan Relist = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<NamespacedName, Tenant> _tenants = new();
    private int _addresses;

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (ports.Reader.Get<V1Pod>(key) is not { } pod || pod.Spec?.NodeName != options.NodeName)
        {
            if (_tenants.TryRemove(key, out var gone) && ports.Containers is { } containers) await containers.ForgetAsync(gone.Uid);
            return ReconcileResult.Success;
        }

        var now = ports.Time.GetUtcNow();
        if (pod.IsTerminal() && !_tenants.ContainsKey(key)) return await RemoveAsync(pod, now, ct);
        var tenant = TenantOf(pod, key, now);
        if (pod.IsTerminating()) return await StopAsync(pod, tenant, now, ct);

        var life = tenant.Life.At(now);
        life = ports.Containers?.Follow(pod, life) ?? life;
        await PrintLogAsync(pod, tenant, life, ct);
        await WriteAsync(pod, PodStatusRenderer.Render(pod, life, tenant.Ip, NodeRegistration.HostIp, now), ct);
        PodEvents.Record(ports.Events, pod, tenant.Life, life);
        _tenants[key] = tenant with { Life = life };
        if (life.NextChange(now) is { } next) return ReconcileResult.After(next - now);
        return life is { Behaviour.Runs: true, Stage: PodStage.Running } ? ReconcileResult.After(Relist) : ReconcileResult.Success;
    }

    private Tenant TenantOf(V1Pod pod, NamespacedName key, DateTimeOffset now)
    {
        if (_tenants.TryGetValue(key, out var known) && known.Uid == pod.Metadata.Uid) return known;
        var pace = 1 + (options.Timings.Jitter * StableDraw.Unit(options.Seed, pod.Metadata.Uid ?? ""));
        var life = string.IsNullOrEmpty(pod.Status?.HostIP)
            ? PodLife.Begin(pod, options.Timings, pace, now)
            : PodLife.Resume(pod, options.Timings, pace, now);
        return _tenants[key] = new Tenant(pod.Metadata.Uid ?? "", Admit(pod, life, now), pod.Status?.PodIP ?? NextAddress());
    }

    private PodLife Admit(V1Pod pod, PodLife life, DateTimeOffset now)
    {
        if (!life.Behaviour.Runs) return life;
        if (ports.Containers is not { } containers) return life.Refused($"annotation {PodBehaviour.Prefix}run: this node runs no processes");
        if (LocalContainer.Obstacle(pod) is { } obstacle) return life.Refused($"annotation {PodBehaviour.Prefix}run: {obstacle}");

        // What another process of the node started has ended with that one, and nobody knows how far it came.
        var isLost = life.Stage is PodStage.Running && containers.Find(pod, life.Restarts) is null;
        return isLost ? life.Exited(new ContainerEnd(now, PodStatusRenderer.ExitCodeOfSigkill)) : life;
    }

    private string NextAddress()
    {
        var number = Interlocked.Increment(ref _addresses) % 65_000;
        return $"10.244.{number / 250}.{(number % 250) + 2}";
    }

    private async Task<ReconcileResult> StopAsync(V1Pod pod, Tenant tenant, DateTimeOffset now, CancellationToken ct)
    {
        var grace = TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? 0);
        var container = ports.Containers?.Find(pod, tenant.Life.Restarts);
        var stopsAt = tenant.StopsAt ?? now + (container is not null || grace < tenant.Life.TerminationDelay ? grace : tenant.Life.TerminationDelay);
        if (tenant.StopsAt is null)
        {
            ports.Events.Record(pod, "Normal", "Killing", "Killing", $"Stopping container {pod.FirstContainer()?.Name}");
            container?.Terminate();
            _tenants[NamespacedName.Of(pod)] = tenant with { StopsAt = stopsAt };
        }

        if (container is { End: null } && stopsAt <= now) await container.KillAsync();
        if (container is { End: null }) return ReconcileResult.After(Relist);
        if (container is null && stopsAt > now) return ReconcileResult.After(stopsAt - now);

        // Whoever holds a finalizer or restarts pods elsewhere must see how it ended; for the rest the disappearance says it all.
        var isWatched = pod.Metadata.Finalizers?.Count > 0 || pod.Spec?.RestartPolicy != "Always";
        if (!pod.IsTerminal() && isWatched)
        {
            var life = tenant.Life.At(now);
            if (container?.End is { } end) life = life.Exited(end);
            await PrintLogAsync(pod, tenant, life, ct);
            pod = await ports.Writer.UpdateStatusAsync(pod with { Status = PodStatusRenderer.Stopped(pod, life, now) }, WriteOptions.Default, ct);
        }

        return await RemoveAsync(pod, now, ct);
    }

    /// <summary>Confirms the end of a deleted pod, which lets the API server remove it.</summary>
    private async Task<ReconcileResult> RemoveAsync(V1Pod pod, DateTimeOffset now, CancellationToken ct)
    {
        if (!pod.IsTerminating() || (pod.Metadata.DeletionGracePeriodSeconds == 0 && pod.Metadata.DeletionTimestamp <= now)) return ReconcileResult.Success;
        var confirmed = new DeleteOptions { GracePeriodSeconds = 0, PreconditionUid = pod.Metadata.Uid };
        await ports.Writer.DeleteAsync<V1Pod>(NamespacedName.Of(pod), confirmed, ct);
        return ReconcileResult.Success;
    }

    private async Task WriteAsync(V1Pod pod, V1PodStatus status, CancellationToken ct)
    {
        if (Same(pod.Status, status)) return;
        await ports.Writer.UpdateStatusAsync(pod with { Status = status }, WriteOptions.Default, ct);
    }

    // Compared as written: the API keeps whole seconds.
    private static bool Same(V1PodStatus? left, V1PodStatus right) => left is not null
        && JsonSerializer.SerializeToUtf8Bytes(left, ModelsJsonContext.Default.V1PodStatus)
            .AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, ModelsJsonContext.Default.V1PodStatus));

    /// <summary>Once, before the status tells of the end: who sees the end finds the log. A server that keeps no logs refuses, and that is all.</summary>
    private async Task PrintLogAsync(V1Pod pod, Tenant tenant, PodLife life, CancellationToken ct)
    {
        if (life.LastRun is null || tenant.Life.LastRun == life.LastRun) return;
        var log = life.Behaviour.Runs ? ports.Containers?.Find(pod, life.Restarts)?.Log : life.Behaviour.Log;
        if (string.IsNullOrEmpty(log)) return;
        var request = new RawRequest(HttpMethod.Put, $"/api/v1/namespaces/{pod.Metadata.Namespace}/pods/{pod.Metadata.Name}/log")
        {
            Body = Encoding.UTF8.GetBytes(log),
            MediaType = "text/plain",
        };
        try
        {
            await ports.Api.SendAsync(request, ct);
        }
        catch (KubernetesException refused) when (refused.Code is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.MethodNotAllowed
            or (int)HttpStatusCode.UnsupportedMediaType)
        {
            ports.Events.Record(pod, "Warning", "LogNotKept", "Logging", "the API server keeps no logs of simulated pods");
        }
    }

    /// <summary>A pod on the node; <c>StopsAt</c> is set once it is being deleted.</summary>
    private sealed record Tenant(string Uid, PodLife Life, string Ip, DateTimeOffset? StopsAt = null);
}
