using System.Net;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;
using static Sluice.Kubernetes.Tests.Support.Wire;

namespace Sluice.Kubernetes.Tests.Caching;

/// <summary>Lists that a watch streams, and what is done where they do not arrive.</summary>
public sealed class StreamedListTests : IAsyncDisposable
{
    private readonly ClientFixture fixture = new();
    private readonly ScriptedStream watch = new();
    private readonly WatchedPods pods;

    public StreamedListTests() => pods = new WatchedPods(fixture.Client, fixture.Time);

    private ScriptedApi Api => fixture.Api;

    public async ValueTask DisposeAsync()
    {
        await pods.DisposeAsync();
        await watch.DisposeAsync();
        fixture.Dispose();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task A_server_that_refuses_is_asked_for_a_list_at_once_and_never_again_for_a_stream(int code)
    {
        Api.Then((HttpStatusCode)code, ScriptedApi.Status(code, "Invalid")).Then(HttpStatusCode.OK, List("7", Pod("a", "5")))
            .Then(HttpStatusCode.Gone, ScriptedApi.Status(410, "Expired")).Then(HttpStatusCode.OK, List("9", Pod("a", "8"))).ThenStream(watch);
        pods.Start();

        await pods.ShouldTell("+a@5");
        fixture.Time.Elapsed.ShouldBe(TimeSpan.Zero);
        await pods.Advancing(() => Api.Requests.Count == 5, "the second watch");

        Api.Requests.Count(request => request.Parameter("sendInitialEvents") is not null).ShouldBe(1);
        pods.Changes.ShouldBe(["+a@5", "a@5>8"]);
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("reset")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Timeout","code":504}}""")]
    [InlineData("""{"type":"REPLACED","object":{}}""")]
    [InlineData("""{"type":"BOOKMARK","object":{"metadata":{"annotations":{"k8s.io/initial-events-end":"true"}}}}""")]
    public async Task What_came_of_a_stream_that_did_not_complete_is_not_taken_over_and_a_list_is_read_instead(string how)
    {
        watch.Line(Added("never", "5"));
        Api.ThenStream(how switch { "ended" => watch.End(), "reset" => watch.Break(), _ => watch.Line(how) })
            .Then(HttpStatusCode.OK, List("9", Pod("a", "8")))
            .ThenStream(new ScriptedStream());
        pods.Start();

        await pods.Advancing(() => Api.Requests.Count == 3, "the watch after the list");

        pods.Changes.ShouldBe(["+a@8"]);
        fixture.Time.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(0.8));
    }

    [Fact]
    public async Task A_server_that_was_merely_away_is_asked_for_a_stream_again()
    {
        Api.ThenRefused().Then(HttpStatusCode.ServiceUnavailable, ScriptedApi.Status(503, "ServiceUnavailable")).ThenStream(watch.Line(InitialEnd("7")));
        pods.Start();

        await pods.Advancing(() => pods.Synced, "synced");

        Api.Requests.ShouldAllBe(request => request.Parameter("sendInitialEvents") == "true");
    }

    [Fact]
    public async Task After_an_expired_version_the_stream_collects_a_fresh_state_and_the_deletes_that_were_missed_are_told()
    {
        Api.ThenStream(watch.Line(Added("a", "5")).Line(Added("b", "6")).Line(InitialEnd("7")).End())
            .Then(HttpStatusCode.Gone, ScriptedApi.Status(410, "Expired"))
            .ThenStream(new ScriptedStream().Line(Added("b", "29")).Line(Added("c", "28")).Line(Event("DELETED", Pod("c", "30"))).Line(InitialEnd("31")));
        pods.Start();

        await pods.Advancing(() => pods.Changes.Count == 4, "the fresh state");

        pods.Changes.ShouldBe(["+a@5", "+b@6", "-a@5", "b@6>29"]);
        Api.Requests.Last().Parameter("sendInitialEvents").ShouldBe("true");
        Api.Requests.Last().Parameter("resourceVersion").ShouldBeNull();
    }

    [Fact]
    public async Task Bookmarks_before_the_end_do_not_complete_the_state()
    {
        Api.ThenStream(watch.Line(Added("a", "5")).Line(Bookmark("6")));
        pods.Start();
        await Eventually.Settle();
        pods.Synced.ShouldBeFalse();

        watch.Line(Added("b", "6")).Line(InitialEnd("7"));

        await pods.ShouldTell("+a@5", "+b@6");
    }

    [Fact]
    public async Task An_object_that_no_projection_can_take_hides_no_other()
    {
        Api.ThenStream(watch.Line(Added("bad", "5")).Line(Added("good", "6")).Line(InitialEnd("7")));
        pods.Start(new InformerOptions<V1Pod> { Projection = static pod => pod.Metadata.Name == "bad" ? throw new KeyNotFoundException("a defect") : pod });

        await pods.ShouldTell("+good@6");
    }

    [Fact]
    public async Task A_defect_that_one_event_brings_to_light_does_not_end_the_cache()
    {
        Api.ThenStream(watch.Line(InitialEnd("7")).Line(Added("bad", "8"))).ThenStream(new ScriptedStream().Line(Added("good", "9")).Line(InitialEnd("10")));
        pods.Start(new InformerOptions<V1Pod> { Projection = static pod => pod.Metadata.Name == "bad" ? throw new KeyNotFoundException("a defect") : pod });

        await pods.Advancing(() => pods.Changes.Count == 1, "the next event");

        pods.Running.IsCompleted.ShouldBeFalse();
        pods.Changes.ShouldBe(["+good@9"]);
    }

    [Fact]
    public async Task A_list_whose_pages_expire_begins_anew_and_objects_created_meanwhile_come_by_the_watch()
    {
        Api.Then(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(422, "Invalid"))
            .Then(HttpStatusCode.OK, Page("7", "token-1", Pod("a", "5"), Pod("b", "6")))
            .Then(HttpStatusCode.Gone, """{"kind":"Status","metadata":{"continue":"inconsistent"},"status":"Failure","reason":"Expired","code":410}""")
            .Then(HttpStatusCode.OK, List("9", Pod("b", "6"), Pod("c", "8")))
            .ThenStream(watch.Line(Added("d", "10")));
        pods.Start();

        await pods.ShouldTell("+b@6", "+c@8", "+d@10");

        Api.Requests.ElementAt(1).Parameter("limit").ShouldBe("2");
        Api.Requests.ElementAt(1).Parameter("resourceVersion").ShouldBe("0");
        Api.Requests.ElementAt(2).Parameter("continue").ShouldBe("token-1");
        Api.Requests.ElementAt(2).Parameter("resourceVersion").ShouldBeNull();
        Api.Requests.ElementAt(3).Parameter("continue").ShouldBeNull();
        Api.Requests.ElementAt(3).Parameter("limit").ShouldBeNull();
        Api.Requests.ElementAt(4).Parameter("resourceVersion").ShouldBe("9");
    }

    [Fact]
    public async Task A_proxy_that_answers_in_the_servers_stead_deletes_nothing()
    {
        Api.Then(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(422, "Invalid")).Then(HttpStatusCode.OK, List("7", Pod("a", "5")))
            .Then(HttpStatusCode.OK, "<html>log in</html>", "text/html")
            .Then(HttpStatusCode.Gone, ScriptedApi.Status(410, "Expired"))
            .Then(HttpStatusCode.OK, "<html>log in</html>", "text/html")
            .Then(HttpStatusCode.OK, """{"message":"log in"}""")
            .Then(HttpStatusCode.OK, List("9", Pod("a", "8")))
            .ThenStream(watch);
        pods.Start();

        await pods.Advancing(() => Api.Requests.Count == 8, "the watch after all that");

        pods.Changes.ShouldBe(["+a@5", "a@5>8"]);
    }

    [Fact]
    public async Task An_absurd_Retry_After_holds_a_watch_up_for_a_minute_at_most()
    {
        Api.ThenStream(watch.Line(InitialEnd("7")).End());
        Api.Then(HttpStatusCode.TooManyRequests, ScriptedApi.Status(429, "TooManyRequests"), with: response => response.Headers.Add("Retry-After", "2147483647"));
        Api.ThenStream(new ScriptedStream());
        pods.Start();

        (await pods.Advancing(() => Api.Requests.Count == 3, "the watch that is accepted")).ShouldBeInRange(TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(62));

        pods.Running.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_label_selector_narrows_lists_and_watches()
    {
        Api.Then(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(422, "Invalid")).Then(HttpStatusCode.OK, List("7")).ThenStream(watch);
        pods.Start(new InformerOptions<V1Pod> { LabelSelector = "app=web" });

        await Eventually.True(() => Api.Requests.Count == 3, "the watch");

        Api.Requests.ShouldAllBe(request => request.Parameter("labelSelector") == "app=web");
    }

    [Fact]
    public async Task An_object_of_twenty_mebibytes_is_read_without_searching_it_again_and_again()
    {
        var huge = $$$$"""{"metadata":{"name":"huge","namespace":"shop","uid":"u","resourceVersion":"8","annotations":{"x":"{{{{new string('x', 20 << 20)}}}}"}}}""";
        Api.ThenStream(watch.Line(InitialEnd("7")).Line(Event("ADDED", huge)).Line(Added("b", "9")));
        pods.Start();

        await pods.ShouldTell("+huge@8", "+b@9");
    }
}
