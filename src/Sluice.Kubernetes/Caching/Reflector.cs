using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Caching;

/// <summary>Which objects of a kind a reflector follows; null does not narrow.</summary>
internal sealed record ReflectorScope(string? Namespace = null, string? LabelSelector = null, string? FieldSelector = null);

/// <summary>Receives what a reflector sees, in order and from one thread at a time.</summary>
internal interface IReflectorTarget<T>
    where T : class, IKubernetesObject
{
    /// <summary>The complete state, apart from <paramref name="unreadable"/> objects, which exist.</summary>
    void Replace(ReflectorScope scope, IReadOnlyCollection<T> items, IReadOnlySet<NamespacedName> unreadable);

    void Upserted(T item);

    void Deleted(T last);
}

/// <summary>
/// Follows the objects of one kind: a complete state first, by a streamed or a read list, and every change from there on.
/// A stream that ends, breaks or falls silent is taken up at the last version seen; where that is not to be had, the state is read anew.
/// </summary>
internal sealed class Reflector<T>
    where T : class, IKubernetesObject
{
    private const string InitialEventsEnd = "k8s.io/initial-events-end";
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(10);

    /// <summary>How much longer than the server the client waits for the end of a watch that is alive.</summary>
    private static readonly TimeSpan WatchGrace = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Three bookmarks missed. What was lost in a stream that died without a word is to be repaired within 5 minutes, and another watch costs a quiet server
    /// next to nothing.
    /// </summary>
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(4);

    /// <summary>A server that ignores the wish for initial events is silent before their end.</summary>
    private static readonly TimeSpan InitialEventsPatience = TimeSpan.FromSeconds(10);

    /// <summary>A stream that ends sooner and without progress is not a watch.</summary>
    private static readonly TimeSpan ShortestUsefulStream = TimeSpan.FromSeconds(1);

    private readonly KubernetesClient client;
    private readonly KubernetesResource resource = KubernetesResource.Of<T>();
    private readonly ReflectorScope scope;
    private readonly IReflectorTarget<T> target;
    private readonly Func<T, T> project;
    private readonly JsonTypeInfo<T> typeInfo;
    private readonly TimeProvider time;
    private readonly Jitter jitter;
    private readonly Backoff backoff;
    private readonly ILogger logger;
    private readonly Silences silences = new();
    private readonly OpenStream open = new();

    /// <summary>Where the watch goes on; null when the state must be read anew.</summary>
    private string? version;
    private bool listedBefore;
    private bool streamsLists = true;

    public Reflector(KubernetesClient client, ReflectorScope scope, IReflectorTarget<T> target, Func<T, T> project)
    {
        this.client = client;
        this.scope = scope;
        this.target = target;
        this.project = project;
        typeInfo = client.Json.TypeInfo<T>();
        time = client.Options.TimeProvider;
        jitter = new Jitter(client.Options.Random);
        backoff = new Backoff(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), jitter);
        logger = client.Options.LoggerFactory.CreateLogger<Reflector<T>>();
    }

    /// <summary>The stream by which the state is kept up to date now: another number for each; 0 while it is being read, or the watch is interrupted.</summary>
    public long Stream => open.Number;

    private string Path => resource.Collection(scope.Namespace);

    /// <summary>The open stream has lost too much to be believed: the state is read anew.</summary>
    public Task ReadAnewAsync() => open.DistrustAsync();

    /// <summary>An object as the target gets it; null when it is not what its kind should look like, which is reported.</summary>
    public T? TryRead(JsonElement item)
    {
        try
        {
            return Read(item);
        }
        catch (JsonException error)
        {
            client.Options.Metrics?.UndecodableObjects.Add(1, new KeyValuePair<string, object?>("resource", resource.FullName));
            Log.UndecodableObject(logger, resource.FullName, RawObject.KeyOf(item), error.Message);
            return null;
        }
    }

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var round = new WatchRound(time.GetTimestamp());
                await FollowAsync(round, ct);
                await PauseAsync(round, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(WatchRound round, CancellationToken ct)
    {
        try
        {
            if (version is null && !streamsLists)
                await ListAsync(ct);

            await WatchAsync(round, ct);
        }
        catch (KubernetesException error)
        {
            round.Fail(error.Message, error.RetryAfter);
            if (version is not null && !error.IsUnknownOutcome && !error.IsTooManyRequests)
                version = null;
        }
        catch (JsonException error)
        {
            version = null;
            round.Fail($"undecodable event: {error.Message}");
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            round.Fail(error.Message);
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // A defect of ours that one object brings to light must not end the cache of all the others.
            version = null;
            round.Fail(error.Message);
            Log.WatchDefect(logger, resource.FullName, error);
        }

        if (round.Failure is not null)
            silences.Reset();

        if (round is { Collecting: true, Failure: not null })
            ReadListsFromNowOn();
    }

    /// <summary>Waits after a failure, and after a stream that ended at once as if it were one.</summary>
    private async Task PauseAsync(WatchRound round, CancellationToken ct)
    {
        var lasted = time.GetElapsedTime(round.Started);
        if (round.GoesOn)
            return;

        if (round.Failure is null && (round.Progressed || lasted >= ShortestUsefulStream))
        {
            CountRestart(round.EndedBy);
            return;
        }

        CountRestart(round.Failure is null ? "empty" : "failed");
        var pause = backoff.Next(round.Opened ? lasted : TimeSpan.Zero);
        if (round.RetryAfter is { } asked && asked > pause)
            pause = asked < client.Options.MaxRetryAfter ? asked : client.Options.MaxRetryAfter;

        Log.WatchFailed(logger, resource.FullName, pause, round.Failure ?? "the stream ended at once");
        await Task.Delay(pause, time, ct);
    }

    private void CountRestart(string cause) =>
        client.Options.Metrics?.WatchRestarts.Add(1, new("resource", resource.FullName), new("cause", cause));

    private async Task ListAsync(CancellationToken ct)
    {
        var collected = new CollectedState<T>();
        var list = new ObjectLister(client, new ListScope(Path, scope.LabelSelector, scope.FieldSelector));
        var metadata = await list.ReadAsync(listedBefore ? null : "0", collected.Clear, item => Collect(collected, item), ct);
        TakeOver(collected, metadata.ResourceVersion);
    }

    private async Task WatchAsync(WatchRound round, CancellationToken ct)
    {
        var timeout = jitter.Between(ShortestWatch, LongestWatch);
        using var deadline = new CancellationTokenSource(timeout + WatchGrace, time);
        using var silence = new CancellationTokenSource(client.Options.ListTimeout, time);
        using var distrust = new CancellationTokenSource();
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token, silence.Token, distrust.Token);
        var initial = version is null ? new CollectedState<T>() : null;
        try
        {
            using var stream = new WatchStream(await client.Transport.OpenAsync(WatchRequest(timeout), any.Token));
            round.Opened = true;
            round.Collecting = initial is not null;
            await ReadAsync(stream, initial, silence, distrust, round, any.Token);
        }
        catch (KubernetesException error) when (initial is not null && error.Code is (int)HttpStatusCode.BadRequest or (int)HttpStatusCode.UnprocessableEntity)
        {
            round.GoesOn = true;
            ReadListsFromNowOn();
        }
        catch (OperationCanceledException) when (distrust.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            round.EndedBy = "incomplete";
            version = null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            GiveUp(round, silent: silence.IsCancellationRequested);
        }
        finally
        {
            open.End();
        }
    }

    private async Task ReadAsync(
        WatchStream stream, CollectedState<T>? initial, CancellationTokenSource silence, CancellationTokenSource distrust, WatchRound round, CancellationToken ct)
    {
        var longest = jitter.Between(ShortestSilence, LongestSilence);
        silence.CancelAfter(round.Collecting ? InitialEventsPatience : longest);
        if (!round.Collecting)
            open.Begin(distrust);

        await foreach (var item in stream.ReadAsync(ct))
        {
            if (round.Collecting)
                ApplyInitial(initial!, item, round);
            else
                ApplyChange(item, round);

            if (!round.Collecting)
                open.Begin(distrust);

            silence.CancelAfter(round.Collecting ? InitialEventsPatience : longest);
        }

        if (round.Collecting)
            throw new IOException("the stream ended before the state was complete");
    }

    private void GiveUp(WatchRound round, bool silent)
    {
        if (!round.Opened)
        {
            round.Fail("the watch was not answered");
        }
        else if (round.Collecting)
        {
            round.GoesOn = true;
            ReadListsFromNowOn();
        }
        else if (silent)
        {
            round.EndedBy = "silent";
            if (silences.EndOfStream())
                version = null;
        }
    }

    private ApiRequest WatchRequest(TimeSpan timeout)
    {
        var request = new ApiRequest(HttpMethod.Get, Path).WithQuery(
            ("watch", "true"),
            ("labelSelector", scope.LabelSelector),
            ("fieldSelector", scope.FieldSelector),
            ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        return version is not null
            ? request.WithQuery(("resourceVersion", version))
            : request.WithQuery(("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"));
    }

    private void ApplyInitial(CollectedState<T> initial, RawWatchEvent item, WatchRound round)
    {
        switch (item.Type)
        {
            case "ADDED" or "MODIFIED":
                Collect(initial, item.Object);
                break;
            case "DELETED":
                initial.Remove(RawObject.KeyOf(item.Object));
                break;
            case "BOOKMARK" when RawObject.Annotation(item.Object, InitialEventsEnd) == "true":
                TakeOver(initial, RawObject.VersionOf(item.Object));
                round.Collecting = false;
                break;
            case "BOOKMARK":
                break;
            case "ERROR":
                throw ErrorOf(item.Object);
            default:
                throw new JsonException($"unknown event {item.Type}");
        }
    }

    private void ApplyChange(RawWatchEvent item, WatchRound round)
    {
        silences.Reset();
        switch (item.Type)
        {
            case "ADDED" or "MODIFIED":
                target.Upserted(Read(item.Object));
                break;
            case "DELETED":
                target.Deleted(Read(item.Object));
                break;
            case "BOOKMARK" when RawObject.VersionOf(item.Object) is null:
                // A sign of life that says no more.
                return;
            case "BOOKMARK":
                break;
            case "ERROR":
                version = null;
                throw ErrorOf(item.Object);
            default:
                throw new JsonException($"unknown event {item.Type}");
        }

        var seen = RawObject.VersionOf(item.Object) ?? throw new JsonException("an event without a resourceVersion");
        round.Progressed |= seen != version;
        version = seen;
    }

    private void TakeOver(CollectedState<T> collected, string? listVersion)
    {
        if (string.IsNullOrEmpty(listVersion))
            throw new JsonException("a complete state without a resourceVersion");

        target.Replace(scope, collected.Items, collected.Unreadable);
        version = listVersion;
        listedBefore = true;
    }

    /// <summary>An object of a complete state that cannot be read must not hide the others, nor be taken for deleted.</summary>
    private void Collect(CollectedState<T> collected, JsonElement item)
    {
        if (TryRead(item) is { } read)
            collected.Add(read);
        else
            collected.Skip(RawObject.KeyOf(item));
    }

    private T Read(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
            throw new JsonException($"{item.ValueKind} instead of an object");

        try
        {
            var read = item.Deserialize(typeInfo)!;
            DropManagedFields(read.Metadata);
            return project(read);
        }
        catch (Exception error) when (error is not (JsonException or OutOfMemoryException))
        {
            // What a converter of a field, or the projection, makes of bad input.
            throw new JsonException(error.Message, error);
        }
    }

    private static void DropManagedFields(V1ObjectMeta metadata)
    {
        if (metadata.ExtensionData is { } unnamed && unnamed.Remove("managedFields") && unnamed.Count == 0)
            metadata.ExtensionData = null;
    }

    /// <summary>A server that does not stream lists well enough is not asked to again: progress counts for more than the cheaper way.</summary>
    private void ReadListsFromNowOn()
    {
        streamsLists = false;
        Log.StreamingListRefused(logger, resource.FullName);
    }

    private static KubernetesException ErrorOf(JsonElement status)
    {
        var read = status.ValueKind == JsonValueKind.Object ? status.Deserialize(ModelsJsonContext.Default.V1Status)! : new V1Status();
        return new KubernetesException(read with { Code = read.Code is null or 0 ? (int)HttpStatusCode.InternalServerError : read.Code });
    }
}
