using System.Net;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Tests.Support;
using static Sluice.Kubernetes.Tests.Support.Wire;

namespace Sluice.Kubernetes.Tests.Caching;

/// <summary>Events that are lost inside a watch that lives on: its bookmarks come every minute.</summary>
public sealed class LostEventTests : IAsyncDisposable
{
    private const string Missed = "sluice_watch_events_missed_total{resource=pods}";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RecordedLogs logs = new();
    private readonly LossyServer server = new();
    private readonly ClientFixture fixture;
    private readonly Measurements measured;
    private readonly WatchedPods pods;

    public LostEventTests()
    {
        fixture = new ClientFixture(logs: logs);
        fixture.Api.Otherwise = server.AnswerAsync;
        measured = new Measurements(fixture.Metrics);
        pods = new WatchedPods(fixture.Client, fixture.Time);
    }

    private int MetadataLists => fixture.Api.Requests.Count(LossyServer.IsMetadataList);

    private int LiveReads => fixture.Api.Requests.Count(LossyServer.IsLiveRead);

    public async ValueTask DisposeAsync()
    {
        await pods.DisposeAsync();
        measured.Dispose();
        logs.Dispose();
        fixture.Dispose();
    }

    [Theory]
    [InlineData("ADDED", "+c@13")]
    [InlineData("MODIFIED", "a@11>13")]
    [InlineData("DELETED", "-a@11")]
    public async Task One_that_was_lost_is_made_up_for_within_five_minutes_and_told_once(string type, string told)
    {
        await StartAsync("a", "b");

        _ = type switch
        {
            "ADDED" => server.Put("c", lost: true),
            "MODIFIED" => server.Put("a", lost: true),
            _ => server.Delete("a", lost: true),
        };
        await PassAsync(TimeSpan.FromMinutes(5));

        pods.Changes.Skip(2).ShouldBe([told]);
        measured.Sum(Missed).ShouldBe(1);
        logs.Messages(LogLevel.Warning).ShouldHaveSingleItem().ShouldContain("was lost in a live watch");
        await PassAsync(TimeSpan.FromMinutes(10));
        pods.Changes.Skip(2).ShouldBe([told]);
        measured.Sum(Missed).ShouldBe(1);
        server.Watches.ShouldBeLessThanOrEqualTo(3, "the watch itself is left alone");
    }

    [Fact]
    public async Task One_that_was_lost_at_any_moment_between_two_comparisons_is_made_up_for_within_five_minutes()
    {
        await StartAsync("a");
        for (var round = 0; round < 8; round++)
        {
            await PassAsync(TimeSpan.FromSeconds(35));
            var before = pods.Changes.Count;
            server.Put("a", lost: true);
            var waited = await PassUntilAsync(() => pods.Changes.Count > before);
            waited.ShouldBeLessThan(TimeSpan.FromMinutes(5));
        }

        measured.Sum(Missed).ShouldBe(8);
    }

    [Fact]
    public async Task Where_nothing_was_lost_there_is_one_list_in_three_to_four_minutes_and_no_other_request()
    {
        await StartAsync("a", "b", "c");
        var before = fixture.Api.Requests.Count;

        await PassAsync(TimeSpan.FromMinutes(24));

        var lists = fixture.Api.Requests.Skip(before).Where(request => request.Parameter("watch") is null).ToList();
        lists.ShouldAllBe(request => LossyServer.IsMetadataList(request) && request.Parameter("resourceVersion") == null);
        lists.Count(request => request.Parameter("continue") is null).ShouldBeInRange(6, 8);
        lists.Count.ShouldBe(2 * lists.Count(request => request.Parameter("continue") is null), "three pods on pages of two");
        pods.Changes.Count.ShouldBe(3);
        measured.Sum(Missed).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_that_is_on_the_way_while_the_server_is_asked_is_waited_for()
    {
        await StartAsync("a", "b");
        server.OnMetadataList = _ =>
        {
            server.OnMetadataList = static _ => null;
            server.Put("a", lost: true).Delete("b", lost: true).Put("c", lost: true);
            return null;
        };
        await PassUntilAsync(() => MetadataLists == 1);

        await PassAsync(TimeSpan.FromSeconds(5));
        server.Tell(Event("MODIFIED", Pod("a", "13"))).Tell(Event("DELETED", Pod("b", "14"))).Tell(Added("c", "15"));
        await Eventually.True(() => pods.Changes.Count == 5, "the events arrive");
        await PassAsync(TimeSpan.FromSeconds(30));

        pods.Changes.Skip(2).ShouldBe(["a@11>13", "-b@14", "+c@15"]);
        LiveReads.ShouldBe(0);
        measured.Sum(Missed).ShouldBe(0);
    }

    [Fact]
    public async Task Objects_that_change_while_their_list_is_read_are_not_taken_for_lost()
    {
        await StartAsync("a", "b", "c");
        server.OnMetadataList = request =>
        {
            // What the list says is older by the time its answer is there.
            var answer = server.NamesAndVersions(request);
            if (request.Parameter("continue") is null)
                server.Put("a").Delete("b").Put("d").Delete("d");

            return answer;
        };

        await PassAsync(TimeSpan.FromMinutes(5));

        LiveReads.ShouldBe(0);
        measured.Sum(Missed).ShouldBe(0);
        pods.Informer.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_live_read_does_not_confirm_changes_nothing()
    {
        await StartAsync("a");
        server.OnMetadataList = Once(_ => Answer("""{"metadata":{"name":"a","namespace":"shop","resourceVersion":"99"}}"""));

        await PassAsync(TimeSpan.FromMinutes(5));

        LiveReads.ShouldBe(1);
        pods.Changes.ShouldBe(["+a@11"]);
        measured.Sum(Missed).ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_sends_whole_objects_or_refuses_is_asked_again_an_hour_later_and_the_cache_lives_on()
    {
        await StartAsync("a");
        server.OnMetadataList = server.WholeObjects;
        server.Put("a", lost: true);

        await PassAsync(TimeSpan.FromMinutes(50));

        MetadataLists.ShouldBe(1);
        logs.Messages(LogLevel.Warning).ShouldHaveSingleItem().ShouldContain("the server sent a PodList");
        server.OnMetadataList = static _ => ScriptedApi.Answer(HttpStatusCode.NotAcceptable, ScriptedApi.Status(406, "NotAcceptable"));
        await PassAsync(TimeSpan.FromMinutes(60));
        MetadataLists.ShouldBe(2);
        server.Put("b");
        await PassAsync(5 * Second);
        pods.Changes.ShouldBe(["+a@11", "+b@13"]);
        server.OnMetadataList = static _ => null;
        await PassAsync(TimeSpan.FromMinutes(60));
        pods.Changes.Last().ShouldBe("a@11>12");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(404)]
    public async Task A_refusal_concludes_nothing_and_is_tried_again_ever_more_rarely(int code)
    {
        await StartAsync("a");
        server.Put("b", lost: true);
        server.OnMetadataList = _ => ScriptedApi.Answer((HttpStatusCode)code, ScriptedApi.Status(code, "Refused"));

        await PassAsync(TimeSpan.FromMinutes(30));

        MetadataLists.ShouldBeInRange(15, 45);
        pods.Changes.ShouldBe(["+a@11"]);
        server.OnMetadataList = static _ => null;
        await PassAsync(TimeSpan.FromMinutes(3));
        pods.Changes.ShouldBe(["+a@11", "+b@12"]);
    }

    [Fact]
    public async Task Pages_that_expire_on_the_way_are_read_anew_in_one()
    {
        await StartAsync("a", "b", "c");
        server.Put("d", lost: true);
        server.OnMetadataList = static request => request.Parameter("continue") is null ? null : ScriptedApi.Answer(HttpStatusCode.Gone, ScriptedApi.Status(410, "Expired"));

        await PassAsync(TimeSpan.FromMinutes(5));

        pods.Changes.Skip(3).ShouldBe(["+d@14"]);
        fixture.Api.Requests.Count(request => LossyServer.IsMetadataList(request) && request.Parameter("limit") is null).ShouldBe(1);
    }

    [Fact]
    public async Task Where_more_than_a_hundred_were_lost_the_state_is_read_anew()
    {
        await StartAsync("a");
        for (var pod = 0; pod < 150; pod++)
            server.Put($"lost-{pod}", lost: true);

        server.Delete("a", lost: true);
        await PassAsync(TimeSpan.FromMinutes(5));

        pods.Changes.Count.ShouldBe(152);
        LiveReads.ShouldBe(0);
        server.Watches.ShouldBe(2);
        measured.Sum(Missed).ShouldBe(151);
        measured.Sum("sluice_watch_restarts_total{resource=pods,cause=incomplete}").ShouldBe(1);
        server.Put("a");
        await PassAsync(5 * Second);
        pods.Changes.Count.ShouldBe(153);
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_is_left_as_it_is()
    {
        await StartAsync("a");
        server.OnMetadataList = _ => Answer(
            """{"metadata":{"name":"a","namespace":"shop","resourceVersion":"11"}}""", """{"metadata":{"name":"odd","namespace":"shop","resourceVersion":"99"}}""");
        fixture.Api.Otherwise = (request, ct) => LossyServer.IsLiveRead(request)
            ? Task.FromResult(ScriptedApi.Answer(HttpStatusCode.OK, List("99", """{"metadata":{"name":"odd","namespace":"shop","labels":7}}""")))
            : server.AnswerAsync(request, ct);

        await PassAsync(TimeSpan.FromMinutes(8));

        LiveReads.ShouldBe(2);
        MetadataLists.ShouldBe(2);
        pods.Changes.ShouldBe(["+a@11"]);
        measured.Sum("sluice_undecodable_objects_total{resource=pods}").ShouldBe(2);
    }

    [Fact]
    public async Task Ten_thousand_objects_are_compared_and_one_that_is_wrong_is_found()
    {
        for (var pod = 0; pod < 10_000; pod++)
            server.Put($"pod-{pod}", lost: true);

        await StartAsync();
        var before = pods.Changes.Count;
        server.Put("pod-4711", lost: true);
        await PassAsync(TimeSpan.FromMinutes(5));

        before.ShouldBe(10_000);
        pods.Changes.Skip(before).ShouldHaveSingleItem().ShouldStartWith("pod-4711@");
        LiveReads.ShouldBe(1);
    }

    private static HttpResponseMessage Answer(params string[] items) => ScriptedApi.Answer(
        HttpStatusCode.OK, $$"""{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"99"},"items":[{{string.Join(',', items)}}]}""");

    private Func<SeenRequest, HttpResponseMessage?> Once(Func<SeenRequest, HttpResponseMessage?> answer) => request =>
    {
        server.OnMetadataList = static _ => null;
        return answer(request);
    };

    private async Task StartAsync(params string[] names)
    {
        foreach (var name in names)
            server.Put(name, lost: true);

        pods.Start(verificationInterval: Interval);
        await Eventually.True(() => pods.Synced, "synced");
    }

    private Task<TimeSpan> PassAsync(TimeSpan span)
    {
        var end = fixture.Time.Elapsed + span;
        return PassUntilAsync(() => fixture.Time.Elapsed >= end, span > TimeSpan.FromMinutes(20) ? 15 * Second : 5 * Second);
    }

    /// <summary>Time goes on, with a bookmark every minute.</summary>
    private Task<TimeSpan> PassUntilAsync(Func<bool> condition, TimeSpan? step = null)
    {
        var bookmarked = fixture.Time.Elapsed;
        return Eventually.Advancing(fixture.Time, GoOn, "the end", step ?? 5 * Second, TimeSpan.FromHours(3));

        bool GoOn()
        {
            if (fixture.Time.Elapsed - bookmarked >= TimeSpan.FromMinutes(1))
            {
                bookmarked = fixture.Time.Elapsed;
                server.Bookmark();
            }

            return condition();
        }
    }
}
