using System.Net;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;

namespace Sluice.Kubernetes.Tests.Client;

/// <summary>What servers and the proxies before them answer when they do not do what they were asked to.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly RecordedLogs logs = new();
    private readonly ClientFixture fixture;

    public RefusalTests() => fixture = new ClientFixture(logs: logs);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ScriptedApi Api => fixture.Api;

    private KubernetesClient Client => fixture.Client;

    public void Dispose()
    {
        fixture.Dispose();
        logs.Dispose();
    }

    [Theory]
    [InlineData("0", 1, 2)]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", 1, 2)]
    [InlineData("60", 60, 66.5)]
    public async Task Retry_After_is_a_second_at_least_and_a_tenth_more_at_most(string header, double least, double most)
    {
        Api.Then(HttpStatusCode.TooManyRequests, "", with: response => response.Headers.Add("Retry-After", header)).Then(HttpStatusCode.OK, "{}");
        var call = Client.GetAsync<V1Pod>("shop", "a", Ct);

        (await Eventually.Advancing(fixture.Time, () => call.IsCompleted, "the second attempt")).TotalSeconds.ShouldBeInRange(least, most);
        await call;
    }

    [Theory]
    [InlineData("61")]
    [InlineData("2147483647")]
    [InlineData("99999999999999999999")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    public async Task A_Retry_After_that_nobody_would_wait_for_is_left_to_the_caller(string header)
    {
        Api.Then(HttpStatusCode.TooManyRequests, ScriptedApi.Status(429, "TooManyRequests"), with: response => response.Headers.TryAddWithoutValidation("Retry-After", header));

        (await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct))).IsTooManyRequests.ShouldBeTrue();

        fixture.Time.Elapsed.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(409)]
    public async Task Retry_After_beside_any_other_refusal_is_no_reason_to_send_it_again(int code)
    {
        Api.Then((HttpStatusCode)code, ScriptedApi.Status(code, "No"), with: response => response.Headers.Add("Retry-After", "1"));

        (await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));

        Api.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(404, nameof(KubernetesException.IsNotFound))]
    [InlineData(410, nameof(KubernetesException.IsGone))]
    [InlineData(422, nameof(KubernetesException.IsInvalid))]
    [InlineData(403, nameof(KubernetesException.IsForbidden))]
    [InlineData(429, nameof(KubernetesException.IsTooManyRequests))]
    [InlineData(409, nameof(KubernetesException.IsConflict))]
    public async Task Codes_have_one_meaning_each_whatever_the_body(int code, string meaning)
    {
        Api.Then((HttpStatusCode)code, "nothing that can be read", "text/plain");

        var error = await Should.ThrowAsync<KubernetesException>(Client.CreateAsync(Pod(), WriteOptions.Default, Ct));

        string[] meanings = ["IsNotFound", "IsGone", "IsInvalid", "IsForbidden", "IsTooManyRequests", "IsConflict", "IsAlreadyExists", "IsUnknownOutcome"];
        meanings.Where(name => (bool)typeof(KubernetesException).GetProperty(name)!.GetValue(error)!).ShouldBe([meaning]);
        error.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("", "Timeout", "the API server answered 504")]
    [InlineData("{", "Timeout", "the API server answered 504: {")]
    [InlineData("""{"kind":"Pod"}""", "Timeout", """{"kind":"Pod"}""")]
    [InlineData("""{"kind":"Status","status":"Failure"}""", "Timeout", "Timeout")]
    [InlineData("""{"kind":"Status","code":"x"}""", "Timeout", "answered 504")]
    [InlineData("""{"kind":"Status","reason":"ResourceVersionTooLarge","message":"Too large resource version: 5, current: 3"}""", "ResourceVersionTooLarge", "Too large")]
    public async Task Whatever_the_body_of_a_refusal_the_code_and_a_reason_are_there(string body, string reason, string message)
    {
        Api.Then(HttpStatusCode.GatewayTimeout, body);

        var error = await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct));

        (error.Code, error.Reason).ShouldBe((504, reason));
        error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task A_huge_refusal_is_read_and_quoted_in_part()
    {
        var endless = new ScriptedStream().Send(new string('x', 200_000));
        Api.Then((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StreamContent(endless) }));

        (await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct))).Message.Length.ShouldBeLessThan(700);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_redirect_is_not_followed(int code)
    {
        Api.Then((HttpStatusCode)code, "", with: response => response.Headers.Location = new Uri("http://elsewhere.test/"));

        var error = await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct));

        error.Code.ShouldBe(code);
        Api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_page_of_a_proxy_confirms_no_delete()
    {
        Api.Then(HttpStatusCode.OK, "<html>log in</html>", "text/html");

        (await Should.ThrowAsync<KubernetesException>(Client.DeleteAsync<V1Job>("shop", "m", DeleteOptions.Background, Ct))).Reason.ShouldBe("Undecodable");
    }

    [Theory]
    [InlineData("""{"message":"log in"}""")]
    [InlineData("null")]
    [InlineData("""{"metadata":{},"items":[]}""")]
    [InlineData("[]")]
    public async Task What_is_no_list_is_not_taken_for_an_empty_one(string body)
    {
        Api.Then(HttpStatusCode.OK, body);

        (await Should.ThrowAsync<KubernetesException>(Client.ListAsync<V1Pod>("shop", labelSelector: null, Ct))).Reason.ShouldBe("Undecodable");
    }

    [Fact]
    public async Task A_list_whose_page_names_itself_as_the_next_is_not_followed_forever()
    {
        Api.Otherwise = static (_, _) => Task.FromResult(ScriptedApi.Answer(HttpStatusCode.OK, Wire.Page("7", "again", Wire.Pod("a", "5"))));

        (await Should.ThrowAsync<KubernetesException>(Client.ListAsync<V1Pod>("shop", labelSelector: null, Ct))).Reason.ShouldBe("Undecodable");

        Api.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Every_answer_is_disposed_whatever_becomes_of_it()
    {
        var answers = new List<TrackedResponse>();
        void Script(ScriptedApi api, HttpStatusCode code, string text) => api.Then((_, _) =>
        {
            answers.Add(new TrackedResponse(code) { Content = new StringContent(text, System.Text.Encoding.UTF8, "application/json") });
            return Task.FromResult<HttpResponseMessage>(answers[^1]);
        });

        using var failing = new ClientFixture(new OtherCredentials(() => throw new KubernetesException(new V1Status { Reason = "NoCredentials" })));
        Script(failing.Api, HttpStatusCode.Unauthorized, "{}");
        await Should.ThrowAsync<KubernetesException>(failing.Client.GetAsync<V1Pod>("shop", "a", Ct));
        using var renewing = new ClientFixture(new OtherCredentials(() => true));
        Script(renewing.Api, HttpStatusCode.Unauthorized, "{}");
        Script(renewing.Api, HttpStatusCode.OK, "{}");
        await renewing.Client.GetAsync<V1Pod>("shop", "a", Ct);

        Script(Api, HttpStatusCode.OK, "<");
        Script(Api, HttpStatusCode.NotFound, "{}");
        Script(Api, HttpStatusCode.Unauthorized, "{}");
        for (var failure = 0; failure < 3; failure++)
            await Should.ThrowAsync<KubernetesException>(Client.GetAsync<V1Pod>("shop", "a", Ct));

        Script(Api, HttpStatusCode.OK, "{}");
        await Client.DeleteAsync<V1Pod>("shop", "a", DeleteOptions.Background, Ct);
        Script(Api, HttpStatusCode.OK, Wire.List("7"));
        await Client.ListAsync<V1Pod>("shop", labelSelector: null, Ct);

        answers.Count.ShouldBe(8);
        answers.ShouldAllBe(answer => answer.Disposed);
    }

    [Fact]
    public async Task What_the_server_warns_of_is_logged_once_for_each_text()
    {
        Api.Otherwise = static (request, _) => Task.FromResult(ScriptedApi.Answer(HttpStatusCode.OK, "{}", with: response =>
        {
            response.Headers.TryAddWithoutValidation("Warning", """299 - "v1beta1 is \"deprecated\" in v1.99+" """);
            response.Headers.TryAddWithoutValidation("Warning", $"""299 - "unknown field of {request.Path.Split('/')[^1]}" """);
            response.Headers.TryAddWithoutValidation("Warning", "nonsense");
        }));

        await Client.GetAsync<V1Pod>("shop", "a", Ct);
        await Client.GetAsync<V1Pod>("shop", "a", Ct);
        await Client.GetAsync<V1Pod>("shop", "b", Ct);

        logs.Messages(LogLevel.Warning).ShouldBe([
            """The API server warns: v1beta1 is "deprecated" in v1.99+""", "The API server warns: unknown field of a", "The API server warns: unknown field of b",
        ]);
    }

    private static V1Pod Pod() => new() { Metadata = new() { Name = "a", Namespace = "shop" } };

    private sealed class TrackedResponse(HttpStatusCode code) : HttpResponseMessage(code)
    {
        public bool Disposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            Disposed = true;
            base.Dispose(disposing);
        }
    }

    private sealed class OtherCredentials(Func<bool> refresh) : IKubernetesCredentials
    {
        public ValueTask<KubernetesCredential> GetAsync(CancellationToken ct) => ValueTask.FromResult(KubernetesCredential.Anonymous);

        public ValueTask<bool> RefreshAsync(KubernetesCredential rejected, CancellationToken ct) => ValueTask.FromResult(refresh());
    }
}
