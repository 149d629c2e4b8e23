using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;
using static Sluice.Kubernetes.Tests.Support.Wire;

namespace Sluice.Kubernetes.Tests.Caching;

public sealed class InformerTests : IAsyncDisposable
{
    private readonly ClientFixture fixture = new();
    private readonly ScriptedStream watch = new();
    private WatchedPods pods;

    public InformerTests() => pods = new WatchedPods(fixture.Client, fixture.Time);

    private ScriptedApi Api => fixture.Api;

    private Informer<V1Pod> Informer => pods.Informer;

    public async ValueTask DisposeAsync()
    {
        await pods.DisposeAsync();
        await watch.DisposeAsync();
        fixture.Dispose();
    }

    [Fact]
    public async Task A_list_from_the_servers_cache_comes_first_and_the_watch_goes_on_from_its_version()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7", Pod("a", "5"))).ThenStream(watch);
        Start();

        await Requests(3);

        Api.Requests.ElementAt(1).Parameter("resourceVersion").ShouldBe("0");
        var request = Api.Requests.ElementAt(2);
        request.Parameter("watch").ShouldBe("true");
        request.Parameter("resourceVersion").ShouldBe("7");
        request.Parameter("allowWatchBookmarks").ShouldBe("true");
        int.Parse(request.Parameter("timeoutSeconds")!, CultureInfo.InvariantCulture).ShouldBeInRange(300, 600);
        Informer.Synced.IsCompletedSuccessfully.ShouldBeTrue();
        await Changes("+a@5");
    }

    [Fact]
    public async Task A_streamed_list_replaces_the_state_at_its_end_and_not_before()
    {
        Api.ThenStream(watch);
        Start();
        await Requests(1);
        Api.Requests.Single().Parameter("sendInitialEvents").ShouldBe("true");
        Api.Requests.Single().Parameter("resourceVersionMatch").ShouldBe("NotOlderThan");

        watch.Line(Event("ADDED", Pod("a", "5"))).Line(Event("ADDED", Pod("b", "6")));
        await Eventually.Settle();
        Informer.Count.ShouldBe(0);

        watch.Line(InitialEnd("8")).Line(Event("MODIFIED", Pod("a", "9")));

        await Changes("+a@5", "+b@6", "a@5>9");
        Informer.Synced.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_ignores_the_wish_for_initial_events_gets_a_list_instead()
    {
        Api.ThenStream(watch.Line(Event("ADDED", Pod("a", "5")))).Then(HttpStatusCode.OK, List("7", Pod("b", "6"))).ThenStream(new ScriptedStream());
        Start();

        (await Advancing(() => Informer.Synced.IsCompleted, "synced by a list")).ShouldBeInRange(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));

        Informer.Snapshot().ShouldHaveSingleItem().Metadata.Name.ShouldBe("b");
    }

    [Fact]
    public async Task The_end_of_a_stream_is_normal_and_the_watch_goes_on_from_the_last_version_seen()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"))
            .ThenStream(watch.Line(Event("ADDED", Pod("a", "8"))).Line(Bookmark("20")).End())
            .ThenStream(new ScriptedStream().Line(Event("DELETED", Pod("a", "21"))));
        Start();

        await Changes("+a@8", "-a@21");

        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("20");
        fixture.Time.Elapsed.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_breaks_in_the_middle_of_a_line_loses_nothing(bool reset)
    {
        watch.Line(Event("ADDED", Pod("a", "8"))).Send(Event("ADDED", Pod("b", "9"))[..30]);
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"))
            .ThenStream(reset ? watch.Break() : watch.End())
            .ThenStream(new ScriptedStream().Line(Event("ADDED", Pod("b", "9"))));
        Start();

        await Advancing(() => pods.Changes.Count == 2, "the event after the break");

        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("8");
        pods.Changes.ShouldBe(["+a@8", "+b@9"]);
    }

    [Fact]
    public async Task Expired_before_the_stream_lists_again_from_the_latest_state_and_tells_the_missed_deletes()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7", Pod("a", "5"), Pod("b", "6")))
            .Then(HttpStatusCode.Gone, ScriptedApi.Status(410, "Expired", "too old resource version"))
            .Then(HttpStatusCode.OK, List("30", Pod("b", "29")))
            .ThenStream(watch);
        Start();

        await Advancing(() => Api.Requests.Count == 5, "the second watch");

        Api.Requests.ElementAt(3).Parameter("resourceVersion").ShouldBeNull();
        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("30");
        pods.Changes.ShouldBe(["+a@5", "+b@6", "-a@5", "b@6>29"]);
    }

    [Theory]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410}}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"InternalError","code":500}}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"TooManyRequests","code":429}}""")]
    [InlineData("""{"type":"ERROR"}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":7,"resourceVersion":"9"}}}""")]
    [InlineData("""{"type":"ADDED","object":""")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"type":"REPLACED","object":{"metadata":{"name":"a","resourceVersion":"9"}}}""")]
    [InlineData("""{"type":null,"object":{"metadata":{"name":"a","resourceVersion":"9"}}}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Timeout","code":504,"details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}]}}}""")]
    [InlineData("null")]
    [InlineData("<html>")]
    public async Task An_error_or_an_undecodable_event_lists_again(string line)
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"))
            .ThenStream(watch.Line(line).Line(Event("ADDED", Pod("never", "8"))))
            .Then(HttpStatusCode.OK, List("30", Pod("a", "29")))
            .ThenStream(new ScriptedStream());
        Start();

        await Advancing(() => Api.Requests.Count == 5, "the second watch");

        pods.Changes.ShouldBe(["+a@29"]);
        fixture.Time.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(0.8));
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_hides_no_other_and_is_not_taken_for_deleted()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7", Pod("a", "5"), Pod("bad", "6")))
            .Then(HttpStatusCode.Gone, ScriptedApi.Status(410, "Expired"))
            .Then(HttpStatusCode.OK, List("30", """{"metadata":{"name":"bad","namespace":"shop","uid":"u","resourceVersion":"9","generation":"x"}}""", Pod("c", "29"), "null"))
            .ThenStream(watch);
        Start();

        await Advancing(() => Api.Requests.Count == 5, "the second watch");

        pods.Changes.ShouldBe(["+a@5", "+bad@6", "-a@5", "+c@29"]);
        Informer.Get(new("shop", "bad"))!.Metadata.ResourceVersion.ShouldBe("6");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_as_deeply_nested_as_a_server_stores_them_is_read_like_any_other(bool streamed)
    {
        const int Depth = 9_990;
        var deep = $$$"""{"metadata":{"name":"deep","namespace":"shop","uid":"u","resourceVersion":"6"},"spec":{"unknown":{{{new string('[', Depth)}}}{{{new string(']', Depth)}}}}}""";
        if (streamed)
            RefuseStreaming().Then(HttpStatusCode.OK, List("5")).ThenStream(watch.Line(Event("ADDED", deep)).Line(Event("ADDED", Pod("b", "7"))));
        else
            RefuseStreaming().Then(HttpStatusCode.OK, List("7", deep, Pod("b", "7"))).ThenStream(watch);

        Start();

        await Changes("+deep@6", "+b@7");
    }

    [Fact]
    public async Task Refused_connections_and_429_retry_the_watch_and_not_the_list_ever_more_slowly()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"));
        for (var refusal = 0; refusal < 6; refusal++)
            Api.ThenRefused();

        Api.Then(HttpStatusCode.TooManyRequests, ScriptedApi.Status(429, "TooManyRequests")).ThenStream(watch);
        Start();

        var waited = await Advancing(() => Api.Requests.Count == 10, "the watch that is accepted");

        Api.Requests.Skip(2).ShouldAllBe(request => request.Parameter("watch") == "true" && request.Parameter("resourceVersion") == "7");
        // 0.8 + 1.6 + 3.2 + 6.4 + 12.8 + 15 + 15, and up to twice that.
        waited.ShouldBeInRange(TimeSpan.FromSeconds(54.8), TimeSpan.FromSeconds(115));
    }

    [Fact]
    public async Task Retry_After_of_a_refused_watch_is_kept()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"))
            .Then(HttpStatusCode.TooManyRequests, ScriptedApi.Status(429, "TooManyRequests"), with: response => response.Headers.Add("Retry-After", "40"))
            .ThenStream(watch);
        Start();

        (await Advancing(() => Api.Requests.Count == 4, "the watch that is accepted")).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task A_connection_that_is_never_answered_is_given_up_too()
    {
        Api.ThenSilence().ThenStream(watch.Line(InitialEnd("8")));
        Start();

        await Eventually.Advancing(fixture.Time, () => Informer.Synced.IsCompleted, "synced", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streams_that_end_at_once_do_not_spin(bool repeatingThemselves)
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"));
        Api.Otherwise = (_, _) => Task.FromResult(ScriptedApi.Answer(HttpStatusCode.OK, repeatingThemselves ? Bookmark("7") + "\n" : ""));
        Start();
        await Requests(3);

        var before = Api.Requests.Count;
        for (var second = 0; second < 60; second++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Eventually.Settle();
        }

        (Api.Requests.Count - before).ShouldBeInRange(1, 10);
        Api.Requests.Skip(2).ShouldAllBe(request => request.Parameter("watch") == "true");
    }

    [Fact]
    public async Task The_backoff_starts_anew_after_two_healthy_minutes()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"));
        for (var refusal = 0; refusal < 5; refusal++)
            Api.ThenRefused();

        Api.ThenStream(watch).ThenStream(new ScriptedStream());
        Start();
        await Advancing(() => Api.Requests.Count == 8, "the healthy watch");
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        watch.Line(Bookmark("9")).Break();

        (await Advancing(() => Api.Requests.Count == 9, "the next watch")).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Duplicate_and_reordered_events_neither_repeat_nor_resurrect()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7", Pod("a", "5"))).ThenStream(watch
            .Line(Event("ADDED", Pod("a", "5")))
            .Line(Event("MODIFIED", Pod("b", "8")))
            .Line(Event("ADDED", Pod("b", "8")))
            .Line(Event("ADDED", Pod("a", "10", uid: "new")))
            .Line(Event("DELETED", Pod("a", "9")))
            .Line(Event("DELETED", Pod("never", "11")))
            .Line(Event("DELETED", Pod("b", "12"))));
        Start();

        await Changes("+a@5", "+b@8", "-a@5", "+a@10", "-b@12");
        Informer.Snapshot().ShouldHaveSingleItem().Metadata.Uid.ShouldBe("new");
    }

    [Fact]
    public async Task Stores_drop_managed_fields_and_what_the_projection_drops()
    {
        RefuseStreaming()
            .Then(HttpStatusCode.OK, List("7", """{"metadata":{"name":"a","namespace":"shop","managedFields":[{}]},"spec":{"nodeName":"n"},"status":{"phase":"Running"}}"""))
            .ThenStream(watch);
        Start(new InformerOptions<V1Pod> { Projection = pod => pod with { Spec = null } });
        await Requests(3);

        var pod = Informer.Get(new("shop", "a"))!;
        pod.Metadata.ExtensionData.ShouldBeNull();
        pod.Spec.ShouldBeNull();
        pod.Status!.Phase.ShouldBe("Running");
    }

    [Fact]
    public async Task Several_namespaces_are_one_cache_that_syncs_when_all_have()
    {
        pods = new WatchedPods(fixture.Client, fixture.Time, "shop", "other");
        Api.Otherwise = (request, _) => Task.FromResult(request.Parameter("sendInitialEvents") is not null
            ? ScriptedApi.Answer(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(422, "Invalid"))
            : request.Parameter("watch") is not null
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new ScriptedStream()) }
                : ScriptedApi.Answer(HttpStatusCode.OK, List("7", Pod("a", "5", ns: request.Path.Split('/')[^2]))));
        Start();

        await Informer.Synced.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);

        Informer.List("", new Dictionary<string, string>()).Select(pod => pod.Metadata.Namespace).ShouldBe(["other", "shop"]);
    }

    [Fact]
    public async Task A_late_subscriber_is_told_what_is_cached_and_a_failing_one_stops_nobody()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7", Pod("a", "5"))).ThenStream(watch);
        Start();
        await Requests(3);
        var late = new ConcurrentQueue<string>();
        using var failing = Informer.Subscribe((_, _) => throw new InvalidOperationException("a bug"));
        using var subscription = Informer.Subscribe((old, current) => late.Enqueue(WatchedPods.Describe(old, current)));
        late.ShouldBe(["+a@5"]);

        watch.Line(Event("MODIFIED", Pod("a", "8")));

        await Eventually.True(() => late.Count == 2, "the change arrives");
        subscription.Dispose();
        watch.Line(Event("MODIFIED", Pod("a", "9")));
        await Changes("+a@5", "a@5>8", "a@8>9");
        late.ShouldBe(["+a@5", "a@5>8"]);
    }

    private ScriptedApi RefuseStreaming() => Api.Then(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(422, "Invalid", "sendInitialEvents is forbidden"));

    private void Start(InformerOptions<V1Pod>? options = null) => pods.Start(options);

    private Task Requests(int count) => Eventually.True(() => Api.Requests.Count >= count, $"{count} requests");

    private Task<TimeSpan> Advancing(Func<bool> condition, string what) => pods.Advancing(condition, what);

    private Task Changes(params string[] expected) => pods.ShouldTell(expected);
}
