using System.Net;
using System.Text;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.Sandbox.Hosting;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>What tests and the simulation can see and do to requests, and the way in without a network.</summary>
public sealed class HooksTests
{
    private const string Path = "/api/v1/namespaces/default/configmaps";

    private readonly SandboxClient _client = new();

    [Fact]
    public void Every_commit_is_seen_with_what_was_before_and_who_did_it()
    {
        var seen = new List<CommittedWrite>();
        _client.Server.Hooks.Committed = seen.Add;
        _client.Create(Path, """{"metadata":{"name":"a"},"data":{"k":"1"}}""");
        _client.Merge(Path + "/a", """{"data":{"k":"2"}}""");
        _client.Merge(Path + "/a", """{"data":{"k":"2"}}""");
        _client.Delete(Path + "/a");
        seen.Select(write => (write.Type, write.Verb, write.Name)).ShouldBe(
            [(WatchEventType.Added, "create", "a"), (WatchEventType.Modified, "patch", "a"), (WatchEventType.Deleted, "delete", "a")]);
        seen[1].Before!["data"]!["k"]!.GetValue<string>().ShouldBe("1");
        seen[1].After["data"]!["k"]!.GetValue<string>().ShouldBe("2");
        seen[1].UserAgent.ShouldBe("test/1");
        seen.Select(write => write.ResourceVersion).ShouldBeInOrder();
    }

    [Fact]
    public void An_answer_given_before_the_commit_keeps_the_request_out()
    {
        _client.Server.Hooks.BeforeCommit = request => request.IsWrite ? ApiResponse.Failure(ApiStatus.TooManyRequests(3)) : null;
        var response = _client.Send("POST", Path, """{"metadata":{"name":"a"}}""");
        response.StatusCode.ShouldBe(429);
        response.RetryAfterSeconds.ShouldBe(3);
        _client.Server.Find("configmaps", "default", "a").ShouldBeNull();
    }

    [Fact]
    public async Task A_connection_lost_after_the_commit_leaves_the_write_in_place()
    {
        _client.Server.Hooks.AfterCommit = (request, _) => request.IsWrite ? throw new LostConnectionException("cut") : null;
        using var http = Http();
        using var body = new StringContent("""{"metadata":{"name":"a"}}""", Encoding.UTF8, "application/json");
        await Should.ThrowAsync<HttpRequestException>(() => http.PostAsync(new Uri(Path, UriKind.Relative), body, TestContext.Current.CancellationToken));
        _client.Server.Find("configmaps", "default", "a").ShouldNotBeNull();
    }

    [Fact]
    public void In_process_requests_are_complete_when_they_return()
    {
        using var http = Http();
        var answer = http.GetAsync(new Uri(Path + "/none", UriKind.Relative), TestContext.Current.CancellationToken);
        answer.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task In_process_watches_give_what_is_there_and_then_wait()
    {
        using var http = Http();
        _client.Create(Path, """{"metadata":{"name":"a"}}""");
        await using var stream = await http.GetStreamAsync(new Uri(Path + "?watch=true&timeoutSeconds=60", UriKind.Relative), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!.ShouldContain("\"ADDED\"");
        var next = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        next.IsCompleted.ShouldBeFalse();
        _client.Delete(Path + "/a");
        (await next)!.ShouldContain("\"DELETED\"");
        var last = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        _client.Time.Advance(TimeSpan.FromSeconds(60));
        (await last).ShouldBeNull();
    }

    [Fact]
    public async Task A_served_sandbox_cuts_the_connection_where_a_hook_says_so()
    {
        await using var host = await SandboxHost.StartAsync(new SandboxHostOptions(), TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = host.Address };
        (await http.GetStringAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldBe("ok");
        host.ApiServer.Hooks.BeforeCommit = _ => throw new LostConnectionException("cut");
        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken));
        File.Exists(host.KubeconfigPath).ShouldBeTrue();
    }

    [Fact]
    public async Task A_served_watch_ends_when_the_sandbox_stops()
    {
        var host = await SandboxHost.StartAsync(new SandboxHostOptions(), TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = host.Address };
        using var response = await http.GetAsync(
            new Uri(Path + "?watch=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.DisposeAsync();
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        (await stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Fact]
    public void The_same_seed_gives_the_same_identities()
    {
        string Identity() => new SandboxClient().Create(Path, """{"metadata":{"generateName":"g-"}}""")["metadata"]!.ToJsonString();
        Identity().ShouldBe(Identity());
    }

    private HttpClient Http() => new(new ApiServerHandler(_client.Server)) { BaseAddress = new Uri("http://sandbox") };
}
