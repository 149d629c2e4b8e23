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

    /// <summary>How much longer than the server the client waits for the end of a watch; then the connection is dead.</summary>
    private static readonly TimeSpan WatchGrace = TimeSpan.FromSeconds(30);

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

    private string Path => resource.Collection(scope.Namespace);

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var round = new Round(time.GetTimestamp());
                await FollowAsync(round, ct);
                await PauseAsync(round, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(Round round, CancellationToken ct)
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
    }

    /// <summary>Waits after a failure, and after a stream that ended at once as if it were one.</summary>
    private async Task PauseAsync(Round round, CancellationToken ct)
    {
        var lasted = time.GetElapsedTime(round.Started);
        if (round.GoesOn)
            return;

        if (round.Failure is null && (round.Progressed || lasted >= ShortestUsefulStream))
        {
            CountRestart("ended");
            return;
        }

        CountRestart(round.Failure is null ? "empty" : "failed");
        var pause = backoff.Next(round.Opened ? lasted : TimeSpan.Zero);
        if (round.RetryAfter is { } asked && asked > pause)
            pause = asked;

        Log.WatchFailed(logger, resource.FullName, pause, round.Failure ?? "the stream ended at once");
        await Task.Delay(pause, time, ct);
    }

    private void CountRestart(string cause) =>
        client.Options.Metrics?.WatchRestarts.Add(1, new("resource", resource.FullName), new("cause", cause));

    private async Task ListAsync(CancellationToken ct)
    {
        var collected = new Collected();
        var list = new ObjectLister(client, Path, scope.LabelSelector, scope.FieldSelector);
        var metadata = await list.ReadAsync(listedBefore ? null : "0", collected.Clear, item => Collect(collected, item), ct);
        TakeOver(collected, metadata.ResourceVersion);
    }

    private async Task WatchAsync(Round round, CancellationToken ct)
    {
        var timeout = jitter.Between(ShortestWatch, LongestWatch);
        using var deadline = new CancellationTokenSource(timeout + WatchGrace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var initial = version is null ? new Collected() : null;
        try
        {
            if (initial is not null)
                deadline.CancelAfter(client.Options.ListTimeout);

            using var stream = new WatchStream(await client.Transport.OpenAsync(WatchRequest(timeout), either.Token));
            round.Opened = true;
            if (initial is not null)
                await ReadInitialAsync(stream, initial, deadline, round, timeout, either.Token);
            else
                await ReadChangesAsync(stream.ReadAsync(either.Token), round);
        }
        catch (KubernetesException error) when (initial is not null && error.Code is (int)HttpStatusCode.BadRequest or (int)HttpStatusCode.UnprocessableEntity)
        {
            ReadListsFromNowOn(round);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            if (version is null && round.Opened)
                ReadListsFromNowOn(round);
            else
                round.Fail("nothing arrived where something was due: the connection is dead");
        }
    }

    private async Task ReadInitialAsync(
        WatchStream stream, Collected initial, CancellationTokenSource deadline, Round round, TimeSpan timeout, CancellationToken ct)
    {
        await using var events = stream.ReadAsync(ct).GetAsyncEnumerator(ct);
        deadline.CancelAfter(InitialEventsPatience);
        while (version is null)
        {
            if (!await events.MoveNextAsync())
                throw new IOException("the stream ended before the state was complete");

            deadline.CancelAfter(InitialEventsPatience);
            ApplyInitial(initial, events.Current);
        }

        deadline.CancelAfter(timeout + WatchGrace);
        while (await events.MoveNextAsync())
            ApplyChange(events.Current, round);
    }

    private async Task ReadChangesAsync(IAsyncEnumerable<RawWatchEvent> events, Round round)
    {
        await foreach (var item in events)
            ApplyChange(item, round);
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

    private void ApplyInitial(Collected initial, RawWatchEvent item)
    {
        switch (item.Type)
        {
            case "ADDED" or "MODIFIED":
                Collect(initial, item.Object);
                break;
            case "DELETED":
                initial.Remove(KeyOf(item.Object));
                break;
            case "BOOKMARK" when Annotation(item.Object, InitialEventsEnd) == "true":
                TakeOver(initial, VersionOf(item.Object));
                break;
            case "ERROR":
                throw ErrorOf(item.Object);
            default:
                break;
        }
    }

    private void ApplyChange(RawWatchEvent item, Round round)
    {
        switch (item.Type)
        {
            case "ADDED" or "MODIFIED":
                target.Upserted(Read(item.Object));
                break;
            case "DELETED":
                target.Deleted(Read(item.Object));
                break;
            case "BOOKMARK":
                break;
            case "ERROR":
                version = null;
                throw ErrorOf(item.Object);
            default:
                throw new JsonException($"unknown event {item.Type}");
        }

        var seen = VersionOf(item.Object);
        round.Progressed |= seen != version;
        version = seen;
    }

    private void TakeOver(Collected collected, string? listVersion)
    {
        target.Replace(scope, collected.Items, collected.Unreadable);
        version = string.IsNullOrEmpty(listVersion) ? throw new JsonException("a list without a resourceVersion") : listVersion;
        listedBefore = true;
    }

    /// <summary>An object of a complete state that cannot be read must not hide the others, nor be taken for deleted.</summary>
    private void Collect(Collected collected, JsonElement item)
    {
        try
        {
            collected.Add(Read(item));
        }
        catch (JsonException error)
        {
            var key = KeyOf(item);
            collected.Skip(key);
            client.Options.Metrics?.UndecodableObjects.Add(1, new KeyValuePair<string, object?>("resource", resource.FullName));
            Log.UndecodableObject(logger, resource.FullName, key, error.Message);
        }
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
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            // What a converter of a field says about bad input.
            throw new JsonException(error.Message, error);
        }
    }

    private static void DropManagedFields(V1ObjectMeta metadata)
    {
        if (metadata.ExtensionData is { } unnamed && unnamed.Remove("managedFields") && unnamed.Count == 0)
            metadata.ExtensionData = null;
    }

    private void ReadListsFromNowOn(Round round)
    {
        streamsLists = false;
        round.GoesOn = true;
        Log.StreamingListRefused(logger, resource.FullName);
    }

    private static KubernetesException ErrorOf(JsonElement status)
    {
        var read = status.ValueKind == JsonValueKind.Object ? status.Deserialize(ModelsJsonContext.Default.V1Status)! : new V1Status();
        return new KubernetesException(read with { Code = read.Code is null or 0 ? (int)HttpStatusCode.InternalServerError : read.Code });
    }

    private static string VersionOf(JsonElement item) =>
        Text(Metadata(item), "resourceVersion") is { Length: > 0 } text ? text : throw new JsonException("an event without a resourceVersion");

    private static NamespacedName KeyOf(JsonElement item) => new(Text(Metadata(item), "namespace") ?? "", Text(Metadata(item), "name") ?? "");

    private static string? Annotation(JsonElement item, string key) => Text(Property(Metadata(item), "annotations"), key);

    private static JsonElement Metadata(JsonElement item) => Property(item, "metadata");

    private static JsonElement Property(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement item, string name) =>
        Property(item, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>One attempt to follow, from opening the stream to its end.</summary>
    private sealed class Round(long started)
    {
        public long Started => started;

        public bool Opened { get; set; }

        /// <summary>The watch moved on; a server that repeats itself and hangs up does not count.</summary>
        public bool Progressed { get; set; }

        /// <summary>Not a watch that ended, but another way to begin one.</summary>
        public bool GoesOn { get; set; }

        public string? Failure { get; private set; }

        public TimeSpan? RetryAfter { get; private set; }

        public void Fail(string cause, TimeSpan? retryAfter = null)
        {
            Failure = cause;
            RetryAfter = retryAfter;
        }
    }

    /// <summary>A complete state while it arrives.</summary>
    private sealed class Collected
    {
        private readonly Dictionary<NamespacedName, T> items = [];
        private readonly HashSet<NamespacedName> unreadable = [];

        public IReadOnlyCollection<T> Items => items.Values;

        public IReadOnlySet<NamespacedName> Unreadable => unreadable;

        public void Add(T item) => items[NamespacedName.Of(item)] = item;

        public void Skip(NamespacedName key)
        {
            items.Remove(key);
            unreadable.Add(key);
        }

        public void Remove(NamespacedName key)
        {
            items.Remove(key);
            unreadable.Remove(key);
        }

        public void Clear()
        {
            items.Clear();
            unreadable.Clear();
        }
    }
}
