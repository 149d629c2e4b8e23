using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Caching;

/// <summary>A cached state that can be compared with the server's.</summary>
internal interface IVerifiableState<in T>
    where T : class, IKubernetesObject
{
    /// <summary>A copy of the versions of the objects of a namespace (of every one when null).</summary>
    Dictionary<NamespacedName, string?> Versions(string? ns);

    /// <summary>Null when there is no such object.</summary>
    string? VersionOf(NamespacedName key);

    /// <summary>
    /// Takes over what became of one object (null: it does not exist), unless its version is not <paramref name="expected"/> any more. True when that was news.
    /// </summary>
    bool Correct(NamespacedName key, string? expected, T? current);
}

/// <summary>
/// Finds what a live watch has lost: every few minutes the names and versions of all objects are listed and compared with the cached state.
/// </summary>
/// <remarks>
/// The list is of the latest state (a server's own cache, which resourceVersion=0 asks for, may be behind ours), and so not older than the versions that are noted
/// before it. An object whose cached version stays as noted until a grace after the list, and differs from the listed one, is one whose event was lost; it is
/// then read live, and that is the truth. Versions are compared for equality only.
/// </remarks>
internal sealed class StateVerifier<T>
    where T : class, IKubernetesObject
{
    /// <summary>Events of what was listed may still be on the way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>How long an interrupted watch is left to recover.</summary>
    private static readonly TimeSpan Postponement = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(2);

    /// <summary>Where a server does not list names and versions alone.</summary>
    private static readonly TimeSpan Unsupported = TimeSpan.FromHours(1);

    /// <summary>For a stream that breaks again and again.</summary>
    private const int MaxGraces = 3;

    /// <summary>Where more than this was lost the whole state is read anew.</summary>
    private const int MaxLiveReads = 100;

    private readonly KubernetesClient client;
    private readonly ReflectorScope scope;
    private readonly Reflector<T> reflector;
    private readonly IVerifiableState<T> state;
    private readonly TimeSpan interval;
    private readonly KubernetesResource resource = KubernetesResource.Of<T>();
    private readonly TimeProvider time;
    private readonly Jitter jitter;
    private readonly Backoff backoff;
    private readonly ILogger logger;
    private long? failedAt;

    /// <param name="client">Lists.</param>
    /// <param name="scope">What the reflector follows.</param>
    /// <param name="reflector">Keeps the state.</param>
    /// <param name="state">What is verified.</param>
    /// <param name="interval">The longest time between the beginnings of two verifications.</param>
    public StateVerifier(KubernetesClient client, ReflectorScope scope, Reflector<T> reflector, IVerifiableState<T> state, TimeSpan interval)
    {
        this.client = client;
        this.scope = scope;
        this.reflector = reflector;
        this.state = state;
        this.interval = interval;
        time = client.Options.TimeProvider;
        jitter = new Jitter(client.Options.Random);
        backoff = new Backoff(TimeSpan.FromSeconds(5), LongestBackoff, interval, jitter);
        logger = client.Options.LoggerFactory.CreateLogger<StateVerifier<T>>();
    }

    /// <summary>Verifies until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            var pause = NextInterval();
            while (true)
            {
                await Task.Delay(pause, time, ct);
                var started = time.GetTimestamp();
                pause = await AttemptAsync(ct) - time.GetElapsedTime(started);
                if (pause < TimeSpan.Zero)
                    pause = TimeSpan.Zero;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The informers stop.
        }
    }

    /// <summary>Up to a quarter earlier, so that the kinds and the processes do not ask together.</summary>
    private TimeSpan NextInterval() => jitter.Between(interval * 0.75, interval);

    /// <summary>Verifies once; how long after its beginning the next one is due.</summary>
    private async Task<TimeSpan> AttemptAsync(CancellationToken ct)
    {
        try
        {
            return await VerifyAsync(ct) ? NextInterval() : Postponement;
        }
        catch (KubernetesException error) when (error.Code == (int)HttpStatusCode.NotAcceptable)
        {
            Log.VerificationUnsupported(logger, resource.FullName, Unsupported, error.Message);
            return Unsupported;
        }
        catch (Exception error) when (error is not OutOfMemoryException && !ct.IsCancellationRequested)
        {
            var pause = backoff.Next(failedAt is { } before ? time.GetElapsedTime(before) : TimeSpan.Zero);
            failedAt = time.GetTimestamp();
            Log.VerificationFailed(logger, resource.FullName, pause, error.Message);
            return pause;
        }
    }

    /// <summary>False when there is no stream whose completeness could be judged.</summary>
    private async Task<bool> VerifyAsync(CancellationToken ct)
    {
        if (reflector.Stream == 0)
            return false;

        var doubts = await CompareAsync(ct);
        if (doubts.Count == 0)
            return true;

        if (!await AwaitEventsAsync(ct))
            return false;

        doubts.RemoveAll(doubt => state.VersionOf(doubt.Key) != doubt.Version);
        if (doubts.Count <= MaxLiveReads)
        {
            foreach (var (key, version) in doubts)
                await CorrectAsync(key, version, ct);
        }
        else
        {
            CountMissed(doubts.Count);
            Log.EventsMissed(logger, resource.FullName, doubts.Count);
            await reflector.ReadAnewAsync();
        }

        return true;
    }

    /// <summary>The objects whose cached version was not the listed one at any time since the list began, with that version (null: not cached).</summary>
    private async Task<List<(NamespacedName Key, string? Version)>> CompareAsync(CancellationToken ct)
    {
        var noted = new Dictionary<NamespacedName, string?>();
        var doubts = new List<(NamespacedName Key, string? Version)>();
        var list = new PagedList<MetadataList>(
            client, new ListScope(resource.Collection(scope.Namespace), scope.LabelSelector, scope.FieldSelector), MetadataList.MediaType, ClientJsonContext.Default.MetadataList);
        await list.ReadAsync(resourceVersion: null, Restart, Compare, ct);
        doubts.AddRange(noted.Where(left => state.VersionOf(left.Key) == left.Value).Select(left => (left.Key, left.Value)));
        return doubts;

        void Restart()
        {
            noted = state.Versions(scope.Namespace);
            doubts.Clear();
        }

        void Compare(MetadataList page)
        {
            if (!page.IsHonoured)
                throw NotHonoured(page);

            foreach (var item in page.Items ?? [])
            {
                if (item.Metadata is not { ResourceVersion: { } listed } metadata)
                    throw new JsonException("an item of a list without a resourceVersion");

                noted.Remove(metadata.Key, out var version);
                if (listed != version && state.VersionOf(metadata.Key) == version)
                    doubts.Add((metadata.Key, version));
            }
        }
    }

    /// <summary>Waits until one stream has had time to deliver what was listed. False when the watch is interrupted.</summary>
    private async Task<bool> AwaitEventsAsync(CancellationToken ct)
    {
        for (var waited = 0; waited < MaxGraces; waited++)
        {
            var stream = reflector.Stream;
            await Task.Delay(Grace, time, ct);
            if (stream != 0 && stream == reflector.Stream)
                return true;
        }

        return reflector.Stream != 0;
    }

    /// <summary>Reads one object as the watch would show it, selectors included: what left them has no event but a delete.</summary>
    private async Task CorrectAsync(NamespacedName key, string? version, CancellationToken ct)
    {
        var named = $"metadata.name={key.Name}";
        var selector = scope.FieldSelector is { } narrowed ? $"{narrowed},{named}" : named;
        var list = new ObjectLister(client, new ListScope(resource.Collection(key.Namespace), scope.LabelSelector, selector));
        (bool Exists, T? Object) current = default;
        await list.ReadAsync(resourceVersion: null, () => current = default, item => current = RawObject.KeyOf(item) == key ? (true, reflector.TryRead(item)) : current, ct);
        if (current is { Exists: true, Object: null } || !state.Correct(key, version, current.Object))
            return;

        CountMissed(1);
        Log.EventMissed(logger, resource.FullName, key, version ?? "none", current.Object?.Metadata.ResourceVersion ?? "none");
    }

    private void CountMissed(int count) => client.Options.Metrics?.MissedWatchEvents.Add(count, new KeyValuePair<string, object?>("resource", resource.FullName));

    private static KubernetesException NotHonoured(MetadataList page) =>
        new(new V1Status { Code = (int)HttpStatusCode.NotAcceptable, Reason = "NotAcceptable", Message = $"asked for names and versions, the server sent a {page.Kind ?? "list"}" });
}
