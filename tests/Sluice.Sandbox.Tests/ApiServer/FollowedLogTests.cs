using System.Text;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Tests.ApiServer;

public sealed class FollowedLogTests
{
    private const string Pod = "/api/v1/namespaces/default/pods/p";

    private readonly SandboxClient _client = new();

    public FollowedLogTests() =>
        _client.Create("/api/v1/namespaces/default/pods", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"main","image":"web:1"}]}}""");

    [Fact]
    public async Task A_follower_reads_what_is_there_what_comes_and_the_end()
    {
        Publish("one\ntwo\n");
        using var log = _client.Send("GET", Pod + "/log?follow=true&tailLines=1").Log!;

        Read(log).ShouldBe("two\n");
        Read(log).ShouldBe("");
        var waiting = log.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        Publish("one\ntwo\nthree\n");
        (await waiting).ShouldBeTrue();
        Read(log).ShouldBe("three\n");
        waiting = log.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
        _client.Merge(Pod + "/status", """{"status":{"phase":"Succeeded"}}""");
        (await waiting).ShouldBeFalse();
    }

    [Fact]
    public async Task A_log_ends_with_its_pod()
    {
        using var log = _client.Send("GET", Pod + "/log?follow=true").Log!;
        var waiting = log.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();

        _client.Delete(Pod);

        (await waiting).ShouldBeFalse();
    }

    private static string Read(LogStream log) => log.TryRead(out var bytes) ? Encoding.UTF8.GetString(bytes.Span) : "";

    private void Publish(string text) => _client.Send("PUT", Pod + "/log", text, "text/plain").StatusCode.ShouldBe(200);
}
