using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Events;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Tests.Support;

namespace Sluice.Kubernetes.Tests.Events;

public sealed class EventRecorderTests : IAsyncDisposable
{
    private readonly ClientFixture fixture = new();
    private readonly WriteGate gate;
    private readonly CancellationTokenSource stop = new();
    private readonly EventRecorder recorder;
    private Task running = Task.CompletedTask;

    public EventRecorderTests()
    {
        gate = WriteGate.AlwaysOpen(fixture.Time);
        recorder = new EventRecorder(new ClusterWriter(fixture.Client, gate), new EventRecorderOptions
        {
            ReportingController = "sluice.dev/operator",
            ReportingInstance = "operator-0",
            QueueCapacity = 50,
            TimeProvider = fixture.Time,
            Metrics = fixture.Metrics,
        });
        fixture.Api.Otherwise = static (_, _) => Task.FromResult(ScriptedApi.Answer(HttpStatusCode.OK, "{}"));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        gate.Dispose();
        fixture.Dispose();
    }

    [Fact]
    public async Task An_event_says_about_what_by_whom_and_when()
    {
        Start();
        Record("rolled back");

        await Sent(1);

        var request = fixture.Api.Requests.Single();
        (request.Method, request.Path).ShouldBe(("POST", "/prefix/apis/events.k8s.io/v1/namespaces/shop/events"));
        var sent = JsonNode.Parse(request.Body)!;
        sent["eventTime"]!.GetValue<string>().ShouldBe("2026-01-01T00:00:00.000000Z");
        sent["reportingController"]!.GetValue<string>().ShouldBe("sluice.dev/operator");
        sent["reportingInstance"]!.GetValue<string>().ShouldBe("operator-0");
        sent["regarding"]!.ToJsonString().ShouldBe("""{"apiVersion":"v1","kind":"Pod","namespace":"shop","name":"a","uid":"u"}""");
        (sent["type"]!.GetValue<string>(), sent["reason"]!.GetValue<string>(), sent["action"]!.GetValue<string>(), sent["note"]!.GetValue<string>())
            .ShouldBe(("Warning", "RolledBack", "Rollback", "rolled back"));
        sent["metadata"]!["name"]!.GetValue<string>().ShouldStartWith("a.");
        sent["series"].ShouldBeNull();
    }

    [Fact]
    public async Task Repetitions_count_up_the_first_event_and_another_note_is_another_event()
    {
        Start();
        Record("same");
        Record("same");
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Record("same");
        Record("other");

        await Sent(4);

        var requests = fixture.Api.Requests.ToList();
        requests.Select(request => request.Method).ShouldBe(["POST", "PATCH", "PATCH", "POST"]);
        requests[2].Body.ShouldBe("""{"series":{"count":3,"lastObservedTime":"2026-01-01T00:00:05.000000Z"}}""");
        requests[2].ContentType.ShouldBe("application/merge-patch+json");
        requests[2].Path.ShouldEndWith("/" + JsonNode.Parse(requests[0].Body)!["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_series_that_the_server_forgot_or_that_paused_starts_anew()
    {
        Start();
        Record("same");
        await Sent(1);
        fixture.Api.Then(HttpStatusCode.NotFound, ScriptedApi.Status(404, "NotFound"));
        Record("same");
        await Sent(3);
        fixture.Time.Advance(TimeSpan.FromMinutes(7));
        Record("same");
        await Sent(4);

        fixture.Api.Requests.Select(request => request.Method).ShouldBe(["POST", "PATCH", "POST", "POST"]);
    }

    [Fact]
    public async Task An_object_has_25_events_and_one_more_every_five_minutes_and_others_are_not_affected()
    {
        Start();
        for (var count = 0; count < 40; count++)
            Record($"note {count}");

        Record("another object's", name: "b");
        await Sent(26);
        await Eventually.Settle();
        fixture.Api.Requests.Count.ShouldBe(26);

        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        Record("one more");
        Record("and no more");
        await Sent(27);
        await Eventually.Settle();
        fixture.Api.Requests.Count.ShouldBe(27);
    }

    [Fact]
    public async Task What_goes_well_keeps_no_warning_away()
    {
        Start();
        for (var step = 0; step < 30; step++)
            Record($"step {step}", type: "Normal");

        Record("rolled back");
        await Sent(26);
        fixture.Api.Requests.Last().Body.ShouldContain("rolled back");
    }

    [Fact]
    public async Task Recording_never_blocks_and_what_does_not_fit_is_dropped_and_counted()
    {
        var dropped = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == RuntimeMetrics.MeterName && ReferenceEquals(instrument, fixture.Metrics.DroppedEvents))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref dropped, value));
        listener.Start();

        for (var count = 0; count < 60; count++)
            Record("nobody sends yet", name: $"p{count}");

        dropped.ShouldBe(10);
        Start();
        await Sent(50);
    }

    [Fact]
    public async Task A_server_that_stumbles_gets_the_same_event_again_and_one_that_refuses_does_not()
    {
        fixture.Api.ThenRefused().Then(HttpStatusCode.Conflict, ScriptedApi.Status(409, "AlreadyExists"));
        fixture.Api.Then(HttpStatusCode.Forbidden, ScriptedApi.Status(403, "Forbidden", "namespace is being terminated"));
        Start();
        Record("first");
        Record("second");

        await Eventually.Advancing(fixture.Time, () => fixture.Api.Requests.Count == 3, "three requests");
        await Eventually.Settle();

        var names = fixture.Api.Requests.Select(request => JsonNode.Parse(request.Body)!["metadata"]!["name"]!.GetValue<string>()).ToList();
        names[1].ShouldBe(names[0]);
        fixture.Api.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_long_note_is_cut_at_one_kibibyte_between_characters_and_names_stay_valid()
    {
        Start();
        Record(new string('ä', 2000), name: new string('n', 236) + "." + new string('n', 16));

        await Sent(1);

        var sent = JsonNode.Parse(fixture.Api.Requests.Single().Body)!;
        Encoding.UTF8.GetByteCount(sent["note"]!.GetValue<string>()).ShouldBe(1024);
        var name = sent["metadata"]!["name"]!.GetValue<string>();
        name.Length.ShouldBeLessThanOrEqualTo(253);
        name.ShouldNotContain("..");
    }

    [Fact]
    public async Task What_waits_at_the_stop_is_still_sent()
    {
        Record("last words");
        await stop.CancelAsync();
        Start();
        await running;

        fixture.Api.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_stop_waits_three_seconds_at_most_for_a_server_that_does_not_answer()
    {
        fixture.Api.Otherwise = static async (_, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            throw new InvalidOperationException("unreachable");
        };
        Record("one");
        Record("two");
        await stop.CancelAsync();
        Start();

        var waited = await Eventually.Advancing(fixture.Time, () => running.IsCompleted, "the end");

        waited.ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task An_event_whose_first_attempt_was_committed_without_an_answer_is_counted_up_as_any_other()
    {
        fixture.Api.ThenRefused().Then(HttpStatusCode.Conflict, ScriptedApi.Status(409, "AlreadyExists"));
        Start();
        Record("same");
        await Eventually.Advancing(fixture.Time, () => fixture.Api.Requests.Count == 2, "the second attempt");
        Record("same");

        await Sent(3);

        fixture.Api.Requests.Select(request => request.Method).ShouldBe(["POST", "POST", "PATCH"]);
    }

    [Fact]
    public async Task An_event_of_a_cluster_scoped_object_lies_in_the_default_namespace()
    {
        Start();
        recorder.Record(new V1Namespace { Metadata = new() { Name = "shop", Uid = "u" } }, "Normal", "Seen", "Look", "it is there");

        await Sent(1);

        fixture.Api.Requests.Single().Path.ShouldEndWith("/namespaces/default/events");
        JsonNode.Parse(fixture.Api.Requests.Single().Body)!["regarding"]!["namespace"].ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_sent_once_leadership_is_lost()
    {
        gate.Close();
        Start();
        Record("too late");

        await Eventually.Settle();

        fixture.Api.Requests.ShouldBeEmpty();
    }

    private void Start() => running = recorder.RunAsync(stop.Token);

    private void Record(string note, string name = "a", string type = "Warning") =>
        recorder.Record(new V1Pod { Metadata = new() { Namespace = "shop", Name = name, Uid = "u" } }, type, "RolledBack", "Rollback", note);

    private Task Sent(int count) => Eventually.True(() => fixture.Api.Requests.Count >= count, $"{count} requests");
}
