using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;

namespace Sluice.Kubernetes.Tests.Client;

public sealed class KubernetesClientTests : IDisposable
{
    private readonly ClientFixture fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ScriptedApi Api => fixture.Api;

    private KubernetesClient Client => fixture.Client;

    public void Dispose() => fixture.Dispose();

    [Fact]
    public async Task A_get_reads_one_object_below_the_servers_path()
    {
        Api.Then(HttpStatusCode.OK, """{"metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":3}}""");

        var set = await Client.GetAsync<V1ReplicaSet>("shop", "web", Ct);

        set!.Spec!.Replicas.ShouldBe(3);
        Api.Requests.ShouldHaveSingleItem().Path.ShouldBe("/prefix/apis/apps/v1/namespaces/shop/replicasets/web");
    }

    [Fact]
    public async Task A_get_of_what_does_not_exist_is_null()
    {
        Api.Then(HttpStatusCode.NotFound, ScriptedApi.Status(404, "NotFound", "pods a not found", """{"name":"a","kind":"pods"}"""));

        (await Client.GetAsync<V1Pod>("shop", "a", Ct)).ShouldBeNull();
    }

    [Theory]
    [InlineData("404 page not found", "text/plain")]
    [InlineData("""{"kind":"Status","status":"Failure","reason":"NotFound","message":"the server could not find the requested resource","details":{},"code":404}""", "application/json")]
    public async Task A_missing_kind_is_not_mistaken_for_a_missing_object(string body, string mediaType)
    {
        Api.Then(HttpStatusCode.NotFound, body, mediaType).Then(HttpStatusCode.NotFound, body, mediaType);

        (await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct))).IsNotFound.ShouldBeTrue();
        await Should.ThrowAsync<KubernetesException>(Client.DeleteAsync<V1Pod>("shop", "a", DeleteOptions.Background, Ct));
    }

    [Fact]
    public async Task A_refusal_carries_code_reason_and_causes()
    {
        Api.Then(HttpStatusCode.UnprocessableEntity, ScriptedApi.Status(
            422, "Invalid", "bad", """{"name":"a","causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.size"}]}"""));

        var error = await Should.ThrowAsync<KubernetesException>(Client.CreateAsync(Pod(), WriteOptions.Default, Ct));

        error.IsInvalid.ShouldBeTrue();
        error.Causes.ShouldHaveSingleItem().Field.ShouldBe("spec.size");
        error.IsUnknownOutcome.ShouldBeFalse();
    }

    [Theory]
    [InlineData(409, "AlreadyExists", true, false)]
    [InlineData(409, "Conflict", false, true)]
    public async Task The_two_meanings_of_409_are_told_apart(int code, string reason, bool exists, bool conflict)
    {
        Api.Then((HttpStatusCode)code, ScriptedApi.Status(code, reason));

        var error = await Should.ThrowAsync<KubernetesException>(Client.CreateAsync(Pod(), WriteOptions.Default, Ct));

        error.IsAlreadyExists.ShouldBe(exists);
        error.IsConflict.ShouldBe(conflict);
    }

    [Fact]
    public async Task A_body_that_is_no_status_is_quoted_and_keeps_its_code()
    {
        Api.Then(HttpStatusCode.BadGateway, "<html>\nbad gateway</html>", "text/html");

        var error = await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct));

        error.Code.ShouldBe(502);
        error.Message.ShouldContain("bad gateway");
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task An_answer_that_is_no_object_is_an_exception_and_no_unknown_outcome()
    {
        Api.Then(HttpStatusCode.OK, "<html>login</html>", "text/html");

        var error = await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct));

        error.Reason.ShouldBe("Undecodable");
        error.IsUnknownOutcome.ShouldBeFalse();
    }

    [Fact]
    public async Task A_refused_connection_is_an_unknown_outcome()
    {
        Api.ThenRefused();

        var error = await Should.ThrowAsync<KubernetesException>(Client.CreateAsync(Pod(), WriteOptions.Default, Ct));

        error.IsUnknownOutcome.ShouldBeTrue();
        error.Message.ShouldContain("Connection refused");
        Api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Silence_ends_at_the_deadline_and_is_not_tried_again()
    {
        Api.ThenSilence();
        var call = Client.CreateAsync(Pod(), WriteOptions.Default, Ct);

        (await Eventually.Advancing(fixture.Time, () => call.IsCompleted, "the deadline", TimeSpan.FromSeconds(1))).ShouldBe(TimeSpan.FromSeconds(30));

        (await Should.ThrowAsync<KubernetesException>(call)).Reason.ShouldBe("Timeout");
        Api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_stops_arriving_ends_at_the_deadline()
    {
        Api.ThenStream(new ScriptedStream().Send("""{"metadata":{"name":"""));
        var call = Client.GetAsync<V1Pod>("shop", "a", Ct);

        await Eventually.Advancing(fixture.Time, () => call.IsCompleted, "the deadline", TimeSpan.FromSeconds(1));

        (await Should.ThrowAsync<KubernetesException>(call)).IsUnknownOutcome.ShouldBeTrue();
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_an_unknown_outcome()
    {
        Api.ThenStream(new ScriptedStream().Send("""{"metadata":{"name":""" + "\"").Break());

        (await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct))).IsUnknownOutcome.ShouldBeTrue();
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using var source = new CancellationTokenSource();
        Api.ThenSilence();
        var call = Client.GetAsync<V1Pod>("shop", "a", source.Token);

        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Retry_After_is_waited_for(int code)
    {
        Api.Then((HttpStatusCode)code, ScriptedApi.Status(code, "Busy"), with: response => response.Headers.Add("Retry-After", "3"));
        Api.Then(HttpStatusCode.OK, """{"metadata":{"name":"a"}}""");
        var call = Client.CreateAsync(Pod(), WriteOptions.Default, Ct);

        var waited = await Eventually.Advancing(fixture.Time, () => call.IsCompleted, "the second attempt");

        waited.ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        (await call).Metadata.Name.ShouldBe("a");
    }

    [Fact]
    public async Task Retry_After_may_be_a_date()
    {
        var at = fixture.Time.GetUtcNow().AddSeconds(5);
        Api.Then(HttpStatusCode.ServiceUnavailable, "", with: response => response.Headers.Add("Retry-After", at.ToString("R", CultureInfo.InvariantCulture)));
        Api.Then(HttpStatusCode.OK, "{}");
        var call = Client.GetAsync<V1Pod>("shop", "a", Ct);

        (await Eventually.Advancing(fixture.Time, () => call.IsCompleted, "the second attempt")).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Ten_retries_are_enough()
    {
        Api.Otherwise = (_, _) => Task.FromResult(ScriptedApi.Answer(
            HttpStatusCode.TooManyRequests, ScriptedApi.Status(429, "TooManyRequests"), with: response => response.Headers.Add("Retry-After", "1")));
        var call = Client.GetAsync<V1Pod>("shop", "a", Ct);

        await Eventually.Advancing(fixture.Time, () => call.IsCompleted, "giving up");

        (await Should.ThrowAsync<KubernetesException>(call)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        Api.Requests.Count.ShouldBe(11);
    }

    [Fact]
    public async Task Without_Retry_After_an_error_is_final()
    {
        Api.Then(HttpStatusCode.InternalServerError, ScriptedApi.Status(500, "InternalError"));

        await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct));

        Api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_list_follows_its_pages()
    {
        Api.Then(HttpStatusCode.OK, """{"metadata":{"resourceVersion":"7","continue":"more"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}""");
        Api.Then(HttpStatusCode.OK, """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"c"}}]}""");

        var list = await Client.ListAsync<V1Pod>("shop", "app=web", Ct);

        list.Items.Select(item => item.Metadata.Name).ShouldBe(["a", "b", "c"]);
        list.Metadata.ResourceVersion.ShouldBe("7");
        Api.Requests.Select(request => request.Parameter("continue")).ShouldBe([null, "more"]);
        Api.Requests.ShouldAllBe(request => request.Parameter("limit") == "2" && request.Parameter("labelSelector") == "app=web");
    }

    [Fact]
    public async Task A_list_whose_pages_expired_begins_anew_in_one_page()
    {
        Api.Then(HttpStatusCode.OK, """{"metadata":{"resourceVersion":"7","continue":"more"},"items":[{"metadata":{"name":"a"}}]}""");
        Api.Then(HttpStatusCode.Gone, ScriptedApi.Status(410, "Expired"));
        Api.Then(HttpStatusCode.OK, """{"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"b"}},{"metadata":{"name":"c"}}]}""");

        var list = await Client.ListAsync<V1Pod>(ns: null, labelSelector: null, Ct);

        list.Items.Select(item => item.Metadata.Name).ShouldBe(["b", "c"]);
        Api.Requests.Last().Parameter("limit").ShouldBeNull();
        Api.Requests.Last().Path.ShouldBe("/prefix/api/v1/pods");
    }

    [Fact]
    public async Task A_live_list_does_not_hide_an_object_that_cannot_be_read()
    {
        Api.Then(HttpStatusCode.OK, """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":5}}]}""");

        (await Should.ThrowAsync<KubernetesException>(Client.ListAsync<V1Pod>("shop", labelSelector: null, Ct))).Reason.ShouldBe("Undecodable");
    }

    [Fact]
    public async Task Writes_name_their_field_manager_and_may_be_dry()
    {
        Api.Then(HttpStatusCode.Created, """{"metadata":{"name":"a"}}""").Then(HttpStatusCode.OK, """{"metadata":{"name":"a"}}""");

        await Client.CreateAsync(Pod(), WriteOptions.ServerDryRun, Ct);
        await Client.UpdateStatusAsync(Pod(version: "5"), WriteOptions.Default, Ct);

        var create = Api.Requests.First();
        (create.Method, create.Path, create.Query).ShouldBe(("POST", "/prefix/api/v1/namespaces/shop/pods", "?fieldManager=sluice&dryRun=All&fieldValidation=Strict"));
        var update = Api.Requests.Last();
        (update.Method, update.Path, update.Query).ShouldBe(("PUT", "/prefix/api/v1/namespaces/shop/pods/a/status", "?fieldManager=sluice"));
        JsonNode.Parse(update.Body)!["metadata"]!["resourceVersion"]!.GetValue<string>().ShouldBe("5");
    }

    [Fact]
    public async Task An_update_without_a_fence_is_refused_before_it_is_sent()
    {
        await Should.ThrowAsync<ArgumentException>(() => Client.UpdateAsync(Pod(), WriteOptions.Default, Ct));

        Api.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(KubernetesPatchType.JsonPatch, "application/json-patch+json", null)]
    [InlineData(KubernetesPatchType.MergePatch, "application/merge-patch+json", null)]
    [InlineData(KubernetesPatchType.ApplyPatch, "application/apply-patch+yaml", "true")]
    public async Task Patches_carry_their_media_type_and_only_apply_is_forced(KubernetesPatchType type, string mediaType, string? force)
    {
        Api.Then(HttpStatusCode.OK, "{}");

        await Client.PatchAsync<V1ReplicaSet>(
            "shop", "web", new KubernetesPatch(type, Encoding.UTF8.GetBytes("{}")), new WriteOptions { Force = true, Subresource = "scale" }, Ct);

        var request = Api.Requests.ShouldHaveSingleItem();
        request.ContentType.ShouldBe(mediaType);
        request.Parameter("force").ShouldBe(force);
        request.Path.ShouldEndWith("/replicasets/web/scale");
    }

    [Fact]
    public async Task An_applied_intent_never_carries_managed_fields()
    {
        var intent = KubernetesPatch.Apply(Encoding.UTF8.GetBytes("""{"metadata":{"name":"web","managedFields":[]}}"""));

        await Should.ThrowAsync<ArgumentException>(() => Client.PatchAsync<V1ReplicaSet>("shop", "web", intent, WriteOptions.Default, Ct));

        Api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delete_insists_on_its_preconditions()
    {
        Api.Then(HttpStatusCode.OK, """{"kind":"Status","status":"Success"}""");

        (await Client.DeleteAsync<V1Job>("shop", "m", new DeleteOptions { PreconditionUid = "u", PropagationPolicy = "Foreground" }, Ct)).ShouldBeTrue();

        var body = JsonNode.Parse(Api.Requests.ShouldHaveSingleItem().Body)!;
        body["preconditions"]!["uid"]!.GetValue<string>().ShouldBe("u");
        body["propagationPolicy"]!.GetValue<string>().ShouldBe("Foreground");
        body["kind"]!.GetValue<string>().ShouldBe("DeleteOptions");
    }

    [Fact]
    public async Task A_delete_carries_every_wish_and_says_nothing_of_what_is_not_wished()
    {
        Api.Then(HttpStatusCode.OK, "{}").Then(HttpStatusCode.OK, "{}");

        await Client.DeleteAsync<V1Job>("shop", "m", new DeleteOptions { PreconditionResourceVersion = "7", GracePeriodSeconds = 0, PropagationPolicy = "Orphan" }, Ct);
        await Client.DeleteAsync<V1Job>("shop", "m", DeleteOptions.Background, Ct);

        Api.Requests.Select(request => request.Body).ShouldBe([
            """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Orphan","gracePeriodSeconds":0,"preconditions":{"resourceVersion":"7"}}""",
            """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"}""",
        ]);
    }

    [Fact]
    public async Task A_delete_of_what_is_gone_is_false_and_a_failed_precondition_a_conflict()
    {
        Api.Then(HttpStatusCode.NotFound, ScriptedApi.Status(404, "NotFound", "gone", """{"name":"m"}"""));
        Api.Then(HttpStatusCode.Conflict, ScriptedApi.Status(409, "Conflict"));

        (await Client.DeleteAsync<V1Job>("shop", "m", DeleteOptions.Background, Ct)).ShouldBeFalse();
        (await Should.ThrowAsync<KubernetesException>(Client.DeleteAsync<V1Job>("shop", "m", DeleteOptions.Background, Ct))).IsConflict.ShouldBeTrue();
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_name_cannot_leave_its_place_in_the_path(string name) =>
        await Should.ThrowAsync<ArgumentException>(() => Client.GetAsync<V1Pod>("shop", name, Ct));

    [Fact]
    public async Task The_tail_of_a_log_is_its_end_and_whole_characters()
    {
        Api.Then(HttpStatusCode.OK, new string('x', 50_000) + "äend", "text/plain");
        Api.Then(HttpStatusCode.OK, "short", "text/plain");
        Api.Then(HttpStatusCode.OK, "aäend", "text/plain");

        (await Client.ReadPodLogTailAsync("shop", "a", "main", 10, Ct)).ShouldBe("xxxxxäend");
        (await Client.ReadPodLogTailAsync("shop", "a", container: null, 10, Ct)).ShouldBe("short");
        (await Client.ReadPodLogTailAsync("shop", "a", container: null, 4, Ct)).ShouldBe("end");
        Api.Requests.First().Parameter("container").ShouldBe("main");
    }

    [Fact]
    public async Task A_log_that_is_not_to_be_had_is_null()
    {
        Api.Then(HttpStatusCode.BadRequest, ScriptedApi.Status(400, "BadRequest", "container is waiting to start"));

        (await Client.ReadPodLogTailAsync("shop", "a", container: null, 10, Ct)).ShouldBeNull();
    }

    private static V1Pod Pod(string? version = null) => new() { Metadata = new() { Name = "a", Namespace = "shop", ResourceVersion = version } };
}
