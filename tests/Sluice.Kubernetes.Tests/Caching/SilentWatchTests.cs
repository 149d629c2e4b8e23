using System.Globalization;
using System.Net;
using Sluice.Kubernetes.Tests.Support;
using static Sluice.Kubernetes.Tests.Support.Wire;

namespace Sluice.Kubernetes.Tests.Caching;

/// <summary>Streams that stay open and say nothing, as those of a server that vanished behind a proxy.</summary>
public sealed class SilentWatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ClientFixture fixture = new();
    private readonly ScriptedStream watch = new();
    private readonly Measurements measured;
    private readonly WatchedPods pods;

    public SilentWatchTests()
    {
        measured = new Measurements(fixture.Metrics);
        pods = new WatchedPods(fixture.Client, fixture.Time);
    }

    private ScriptedApi Api => fixture.Api;

    public async ValueTask DisposeAsync()
    {
        await pods.DisposeAsync();
        await watch.DisposeAsync();
        measured.Dispose();
        fixture.Dispose();
    }

    [Fact]
    public async Task An_event_lost_in_a_stream_that_died_without_a_word_is_made_up_for_within_five_minutes()
    {
        Api.ThenStream(watch.Line(InitialEnd("7")).Line(Added("a", "8"))).ThenStream(new ScriptedStream().Line(Added("lost", "9")));
        pods.Start();
        await pods.ShouldTell("+a@8");

        var waited = await pods.Advancing(() => pods.Changes.Count == 2, "the lost event", Second);

        waited.ShouldBeInRange(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(4) + Second);
        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("8");
        watch.Disposed.ShouldBeTrue();
        measured.Sum("sluice_watch_restarts_total{resource=pods,cause=silent}").ShouldBe(1);
    }

    [Fact]
    public async Task A_watch_whose_bookmarks_go_on_is_left_alone_until_its_own_end()
    {
        Api.ThenStream(watch.Line(InitialEnd("7"))).ThenStream(new ScriptedStream());
        pods.Start();
        await Eventually.True(() => pods.Synced, "synced");
        var timeout = TimeSpan.FromSeconds(int.Parse(Api.Requests.Single().Parameter("timeoutSeconds")!, CultureInfo.InvariantCulture));

        for (var minute = 1; minute < timeout.TotalMinutes; minute++)
        {
            fixture.Time.Advance(TimeSpan.FromMinutes(1));
            watch.Line(Bookmark($"{7 + minute}"));
            await Eventually.Settle();
        }

        Api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_never_ends_a_watch_is_asked_again_half_a_minute_after_it_should_have()
    {
        Api.ThenStream(watch.Line(InitialEnd("7"))).ThenStream(new ScriptedStream());
        pods.Start();
        await Eventually.True(() => pods.Synced, "synced");
        var timeout = TimeSpan.FromSeconds(int.Parse(Api.Requests.Single().Parameter("timeoutSeconds")!, CultureInfo.InvariantCulture));

        var steps = 0;
        while (Api.Requests.Count == 1 && fixture.Time.Elapsed < TimeSpan.FromMinutes(15))
        {
            fixture.Time.Advance(Second);
            if (++steps % 30 == 0)
                watch.Line(Bookmark($"{steps}"));

            await Eventually.Settle();
        }

        fixture.Time.Elapsed.ShouldBeInRange(timeout + TimeSpan.FromSeconds(28), timeout + TimeSpan.FromSeconds(33));
        measured.Sum("sluice_watch_restarts_total{resource=pods,cause=ended}").ShouldBe(1);
    }

    [Fact]
    public async Task A_quiet_server_without_bookmarks_is_watched_again_from_the_same_version_and_nothing_is_told_twice()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7", Pod("a", "5")));
        Api.ThenStream(watch).ThenStream(new ScriptedStream()).Then(HttpStatusCode.OK, List("7", Pod("a", "5"))).ThenStream(new ScriptedStream());
        pods.Start();

        await pods.Advancing(() => Api.Requests.Count == 4, "the second watch", Second);
        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("7");
        await pods.Advancing(() => Api.Requests.Count == 6, "the third watch", Second);

        fixture.Time.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMinutes(6));
        pods.Changes.ShouldBe(["+a@5"]);
    }

    [Fact]
    public async Task Two_streams_without_a_word_read_the_state_anew_for_the_version_may_never_come()
    {
        Api.ThenStream(watch.Line(InitialEnd("5000")))
            .ThenStream(new ScriptedStream())
            .ThenStream(new ScriptedStream().Line(Added("restored", "12")).Line(InitialEnd("20")).Line(Added("b", "21")));
        pods.Start();

        var waited = await pods.Advancing(() => pods.Changes.Count == 2, "the state of the restored server", Second);

        waited.ShouldBeLessThan(TimeSpan.FromMinutes(8) + (2 * Second));
        pods.Changes.ShouldBe(["+restored@12", "+b@21"]);
        Api.Requests.Last().Parameter("sendInitialEvents").ShouldBe("true");
    }

    [Fact]
    public async Task A_server_that_is_merely_quiet_is_asked_for_its_state_ever_more_rarely()
    {
        Api.Then(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(422, "Invalid"));
        Api.Otherwise = static (request, _) => Task.FromResult(request.Parameter("watch") is null
            ? ScriptedApi.Answer(HttpStatusCode.OK, List("7", Pod("a", "5")))
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new ScriptedStream()) });
        pods.Start();
        int Lists() => Api.Requests.Count(request => request.Parameter("watch") is null);

        await Eventually.Advancing(fixture.Time, () => fixture.Time.Elapsed >= TimeSpan.FromHours(2), "two hours", TimeSpan.FromSeconds(30), TimeSpan.FromHours(3));

        // The first, and after 2, 4, 8 and 16 silent streams of 3 to 4 minutes.
        Lists().ShouldBe(5);
        pods.Changes.ShouldBe(["+a@5"]);
    }

    [Fact]
    public async Task One_word_between_two_silences_is_enough_to_go_on_from_it()
    {
        Api.ThenStream(watch.Line(InitialEnd("7")))
            .ThenStream(new ScriptedStream().Line(Bookmark("8")))
            .ThenStream(new ScriptedStream());
        pods.Start();

        await pods.Advancing(() => Api.Requests.Count == 3, "the third watch", Second);

        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("8");
    }

    [Fact]
    public async Task A_watch_that_is_never_answered_is_given_up_within_a_minute_and_goes_on_from_the_same_version()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7")).ThenSilence().ThenStream(watch);
        pods.Start();
        await Eventually.True(() => Api.Requests.Count == 3, "the watch that is not answered");

        var waited = await pods.Advancing(() => Api.Requests.Count == 4, "the watch that is answered");

        waited.ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(63));
        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("7");
    }

    [Fact]
    public async Task A_bookmark_without_a_version_is_a_sign_of_life_and_nothing_else()
    {
        RefuseStreaming().Then(HttpStatusCode.OK, List("7"))
            .ThenStream(watch.Line(Added("a", "8")).Line("""{"type":"BOOKMARK","object":{"metadata":{}}}""").Line("""{"type":"BOOKMARK"}""").End())
            .ThenStream(new ScriptedStream());
        pods.Start();

        await Eventually.True(() => Api.Requests.Count == 4, "the second watch");

        Api.Requests.Last().Parameter("resourceVersion").ShouldBe("8");
        fixture.Time.Elapsed.ShouldBe(TimeSpan.Zero);
    }

    private ScriptedApi RefuseStreaming() => Api.Then(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(422, "Invalid", "sendInitialEvents is forbidden"));
}
