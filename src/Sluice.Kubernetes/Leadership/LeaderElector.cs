using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Leadership;

/// <summary>How a process' time as a candidate or leader ended.</summary>
public enum LeadershipOutcome
{
    /// <summary>It was asked to stop and has released the lease, if it held it.</summary>
    Stopped,

    /// <summary>It could not renew in time, or another took the lease: the gate is closed for good and the process should end with an error.</summary>
    Lost,
}

/// <summary>
/// Leads when the lease says so. A standby watches the lease and times its expiry by its own monotonic clock. A leader may write until
/// <see cref="LeaderElectionOptions.RenewDeadline"/> after the moment at which it sent its last successful renewal, which is before any other can take over.
/// </summary>
public sealed class LeaderElector
{
    /// <summary>A standby whose attempt failed waits the retry period and up to this many times as long again.</summary>
    public const double AcquireJitter = 1.2;

    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Timers cannot be set for as long as a lease may say that it lasts.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly KubernetesClient client;
    private readonly WriteGate gate;
    private readonly LeaderElectionOptions options;
    private readonly TimeProvider time;
    private readonly Jitter jitter;
    private readonly ObservedLease observed;
    private readonly ILogger logger;
    private readonly string leaseName;

    /// <summary>An elector that opens and closes <paramref name="gate"/>.</summary>
    /// <exception cref="KubernetesConfigurationException">The timings would let two processes lead at once.</exception>
    public LeaderElector(KubernetesClient client, WriteGate gate, LeaderElectionOptions options)
    {
        options.Validate();
        this.client = client;
        this.gate = gate;
        this.options = options;
        time = options.TimeProvider;
        jitter = new Jitter(options.Random);
        observed = new ObservedLease(time, options.LeaseDuration);
        logger = options.LoggerFactory.CreateLogger<LeaderElector>();
        leaseName = $"{options.LeaseNamespace}/{options.LeaseName}";
    }

    /// <summary>Who held the lease when it was last seen; null for nobody.</summary>
    public string? Holder => observed.Lease?.Spec?.HolderIdentity is { Length: > 0 } holder ? holder : null;

    public bool IsLeader => gate.IsOpen;

    /// <summary>The lease as last seen; null when there is none.</summary>
    public V1Lease? Lease => observed.Lease;

    /// <summary>A request that gets lost leaves time for another one.</summary>
    private TimeSpan AttemptTimeout => options.RenewDeadline / 2;

    /// <summary>
    /// Waits for the lease and runs <paramref name="lead"/> while holding it. The token given to it is cancelled by <paramref name="stop"/> and by the loss
    /// of the lease; the lease is renewed until it has returned, and released only then.
    /// </summary>
    public async Task<LeadershipOutcome> RunAsync(Func<CancellationToken, Task> lead, CancellationToken stop)
    {
        options.Metrics?.LeaderElectionMasterStatus.Record(0, new KeyValuePair<string, object?>("name", options.LeaseName));
        Held held;
        try
        {
            held = await AcquireAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return LeadershipOutcome.Stopped;
        }

        return await LeadAsync(held, lead, stop);
    }

    private async Task<Held> AcquireAsync(CancellationToken stop)
    {
        using var standingBy = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var scope = new ReflectorScope(options.LeaseNamespace, FieldSelector: $"metadata.name={options.LeaseName}");
        var watching = new Reflector<V1Lease>(client, scope, new LeaseTarget(observed, options.LeaseName), static lease => lease).RunAsync(standingBy.Token);
        try
        {
            while (true)
            {
                var changed = observed.Changed;
                var wait = observed.UntilFree(options.Identity);
                if (wait == TimeSpan.Zero)
                {
                    if (await TryAcquireAsync(stop) is { } held)
                        return held;

                    wait = observed.UntilFree(options.Identity);
                    if (wait == TimeSpan.Zero)
                        wait = options.RetryPeriod * (1 + (AcquireJitter * jitter.NextDouble()));
                }

                await WaitAsync(changed, wait, stop);
            }
        }
        finally
        {
            await standingBy.CancelAsync();
            await watching;
        }
    }

    private async Task WaitAsync(Task changed, TimeSpan atMost, CancellationToken stop)
    {
        try
        {
            await changed.WaitAsync(atMost < LongestWait ? atMost : LongestWait, time, stop);
        }
        catch (TimeoutException)
        {
            // The lease stayed as it was: its time is up, or that of the pause.
        }
    }

    /// <summary>Reads the lease live and takes it if it is free; null when it is not, or when another was faster.</summary>
    private async Task<Held?> TryAcquireAsync(CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            var current = await client.GetAsync<V1Lease>(options.LeaseNamespace, options.LeaseName, either.Token);
            observed.Observe(current);
            if (observed.UntilFree(options.Identity) > TimeSpan.Zero)
            {
                Log.LeaseObserved(logger, leaseName, Holder ?? "");
                return null;
            }

            var sentAt = time.GetTimestamp();
            var taken = current is null
                ? await client.CreateAsync(NewLease(), WriteOptions.Default, either.Token)
                : await client.UpdateAsync(TakenOver(current), WriteOptions.Default, either.Token);
            observed.Observe(taken);
            return new Held(taken, sentAt);
        }
        catch (KubernetesException error)
        {
            Log.AcquisitionFailed(logger, leaseName, error.Message);
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Log.AcquisitionFailed(logger, leaseName, "no answer in time");
            return null;
        }
    }

    private async Task<LeadershipOutcome> LeadAsync(Held held, Func<CancellationToken, Task> lead, CancellationToken stop)
    {
        Extend(held);
        options.Metrics?.LeaderElectionMasterStatus.Record(1, new KeyValuePair<string, object?>("name", options.LeaseName));
        Log.LeadershipAcquired(logger, options.Identity, leaseName);
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stop, gate.Closed);
        using var renewals = new CancellationTokenSource();
        var renewing = RenewAsync(held, renewals.Token);
        try
        {
            var work = lead(leading.Token);
            if (await Task.WhenAny(work, renewing) == renewing)
                gate.Close();

            await work;
        }
        finally
        {
            // Whatever ends the lead: nothing is written any more before anything is released.
            gate.Close();
            await renewals.CancelAsync();
            options.Metrics?.LeaderElectionMasterStatus.Record(0, new KeyValuePair<string, object?>("name", options.LeaseName));
        }

        if (!await renewing)
            return LeadershipOutcome.Lost;

        await ReleaseAsync();
        return LeadershipOutcome.Stopped;
    }

    /// <summary>Renews until cancelled: true then. False once the lease is lost, the gate being closed by then.</summary>
    private async Task<bool> RenewAsync(Held held, CancellationToken end)
    {
        var pause = options.RetryPeriod;
        while (true)
        {
            var left = options.RenewDeadline - time.GetElapsedTime(held.SentAt);
            if (left <= TimeSpan.Zero)
                return Lose($"not renewed for {options.RenewDeadline}");

            try
            {
                await Task.Delay(pause < left ? pause : left, time, end);
                held = await RenewOnceAsync(held, end);
                Extend(held);
                pause = options.RetryPeriod;
            }
            catch (KubernetesException error) when (error.IsConflict || error.IsNotFound)
            {
                if (await RecoverAsync(held, end) is not { } own)
                    return Lose("another has taken the lease");

                // A newer version of ours is renewed at once; when nothing could be learnt, or it was made anew, in the usual rhythm.
                pause = ReferenceEquals(own, held) || own.SentAt != held.SentAt ? options.RetryPeriod : TimeSpan.Zero;
                held = own;
                Extend(held);
            }
            catch (KubernetesException error)
            {
                Log.RenewalFailed(logger, leaseName, error.Message);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return true;
            }
            catch (OperationCanceledException)
            {
                Log.RenewalFailed(logger, leaseName, "no answer in time");
            }
        }
    }

    private async Task<Held> RenewOnceAsync(Held held, CancellationToken end)
    {
        var sentAt = time.GetTimestamp();
        using var deadline = Deadline(held);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, deadline.Token);
        var spec = held.Lease.Spec! with { RenewTime = time.GetUtcNow() };
        var renewed = await client.UpdateAsync(held.Lease with { Spec = spec }, WriteOptions.Default, either.Token);
        observed.Observe(renewed);
        return new Held(renewed, sentAt);
    }

    /// <summary>
    /// The lease as it is now if it is still ours (a renewal may have been committed without an answer), made anew if somebody deleted it; null when another
    /// has it.
    /// </summary>
    private async Task<Held?> RecoverAsync(Held held, CancellationToken end)
    {
        var sentAt = time.GetTimestamp();
        using var deadline = Deadline(held);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, deadline.Token);
        try
        {
            var current = await client.GetAsync<V1Lease>(options.LeaseNamespace, options.LeaseName, either.Token);
            observed.Observe(current);
            if (current is not null)
                return current.Spec?.HolderIdentity == options.Identity ? held with { Lease = current } : null;

            var spec = held.Lease.Spec! with { RenewTime = time.GetUtcNow() };
            var made = await client.CreateAsync(NewLease() with { Spec = spec }, WriteOptions.Default, either.Token);
            observed.Observe(made);
            Log.LeaseMadeAnew(logger, leaseName);
            return new Held(made, sentAt);
        }
        catch (KubernetesException)
        {
            return held;
        }
        catch (OperationCanceledException)
        {
            return held;
        }
    }

    private CancellationTokenSource Deadline(Held held)
    {
        var left = options.RenewDeadline - time.GetElapsedTime(held.SentAt);
        var atMost = left < AttemptTimeout ? left : AttemptTimeout;
        return new CancellationTokenSource(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, time);
    }

    private bool Lose(string cause)
    {
        gate.Close();
        Log.LeadershipLost(logger, options.Identity, cause);
        return false;
    }

    private void Extend(Held held) => gate.OpenUntil(held.SentAt + (long)(options.RenewDeadline.TotalSeconds * time.TimestampFrequency));

    /// <summary>Again and again until it is done: the last renewal may be carried out between reading the lease and writing it.</summary>
    private async Task ReleaseAsync()
    {
        using var deadline = new CancellationTokenSource(ReleaseTimeout, time);
        try
        {
            while (!await TryReleaseAsync(deadline.Token))
                deadline.Token.ThrowIfCancellationRequested();
        }
        catch (Exception error) when (error is KubernetesException or OperationCanceledException)
        {
            Log.ReleaseFailed(logger, leaseName, error.Message);
        }
    }

    private async Task<bool> TryReleaseAsync(CancellationToken ct)
    {
        var current = await client.GetAsync<V1Lease>(options.LeaseNamespace, options.LeaseName, ct);
        if (current?.Spec is not { } spec || spec.HolderIdentity != options.Identity)
            return true;

        var now = time.GetUtcNow();
        // An absent holder is an empty one; some API servers refuse the empty text.
        var released = spec with { HolderIdentity = null, LeaseDurationSeconds = 1, RenewTime = now, AcquireTime = now };
        try
        {
            await client.UpdateAsync(current with { Spec = released }, WriteOptions.Default, ct);
            Log.LeaseReleased(logger, leaseName);
            return true;
        }
        catch (KubernetesException error) when (error.IsConflict)
        {
            return false;
        }
    }

    private V1Lease NewLease() => new()
    {
        Metadata = new() { Namespace = options.LeaseNamespace, Name = options.LeaseName },
        Spec = Taken(new V1LeaseSpec(), transitions: 0),
    };

    private V1Lease TakenOver(V1Lease current)
    {
        var spec = current.Spec ?? new V1LeaseSpec();
        var transitions = spec.LeaseTransitions ?? 0;
        var counts = spec.HolderIdentity != options.Identity && transitions < int.MaxValue;
        return current with { Spec = Taken(spec, counts ? transitions + 1 : transitions) };
    }

    private V1LeaseSpec Taken(V1LeaseSpec spec, int transitions)
    {
        var now = time.GetUtcNow();
        return spec with
        {
            HolderIdentity = options.Identity,
            LeaseDurationSeconds = (int)options.LeaseDuration.TotalSeconds,
            AcquireTime = now,
            RenewTime = now,
            LeaseTransitions = transitions,
        };
    }

    /// <summary>The lease as we wrote it, and when that write was sent: others count from later.</summary>
    private sealed record Held(V1Lease Lease, long SentAt);

    private sealed class LeaseTarget(ObservedLease observed, string name) : IReflectorTarget<V1Lease>
    {
        public void Replace(ReflectorScope scope, IReadOnlyCollection<V1Lease> items, IReadOnlySet<NamespacedName> unreadable)
        {
            if (unreadable.Count == 0)
                observed.Observe(items.FirstOrDefault(item => item.Metadata.Name == name));
        }

        public void Upserted(V1Lease item)
        {
            if (item.Metadata.Name == name)
                observed.Observe(item);
        }

        public void Deleted(V1Lease last)
        {
            if (last.Metadata.Name == name)
                observed.Observe(null);
        }
    }
}
