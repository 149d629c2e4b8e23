namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class PodCommandTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Logs_are_read_from_the_end_and_followed_to_it(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Job("talk", "sandbox.sluice.dev/log: \"one\\ntwo\\nthree\\n\", sandbox.sluice.dev/duration: 100ms"));
        await user.RunAsync("wait job/talk --for condition=Complete --timeout 100s");

        (await user.RunAsync("logs job/talk")).ShouldBe("one\ntwo\nthree\n");
        (await user.RunAsync("logs -l job-name=talk --tail=1")).ShouldBe("three\n");
        (await user.RunAsync("logs job/talk --limit-bytes=5")).ShouldBe("one\nt");
        (await user.RunAsync("logs job/talk --timestamps --tail=1")).ShouldMatch(@"^\d{4}-\d\d-\d\dT\S+Z three\n$");
        (await user.FailAsync("logs job/talk -c nosuch")).ShouldContain("container nosuch is not valid for pod talk-");
        (await user.FailAsync("logs job/talk --previous")).ShouldMatch("previous terminated container \"main\" in pod \"talk-\\S+\" not found");
        (await user.FailAsync("logs nosuch")).ShouldContain("pods \"nosuch\" not found");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Followed_logs_end_with_their_container(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Job("slow", "sandbox.sluice.dev/log: the end, sandbox.sluice.dev/duration: 2s"));
        await user.RunAsync("wait pod -l job-name=slow --for condition=Ready --timeout 100s");

        (await user.RunAsync("logs -f job/slow")).ShouldBe("the end");

        (await user.RunAsync("get pods -l job-name=slow -o jsonpath='{.items[0].status.containerStatuses[0].state.terminated.exitCode}'")).ShouldBe("0");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_pod_that_has_not_started_has_no_logs_yet(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Pod("stuck", "sandbox.sluice.dev/image-pull-error: 'true'") + "---\n" + Manifests.Pod("nowhere", "sandbox.sluice.dev/unschedulable: 'true'"));
        await user.UntilAsync("pods", "stuck", pod => pod!["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"]?.GetValue<string>() is "ErrImagePull" or "ImagePullBackOff");

        (await user.FailAsync("logs stuck")).ShouldMatch("^Error from server \\(BadRequest\\): container \"main\" in pod \"stuck\" is waiting to start: (trying and failing to pull image|image can't be pulled)\n$");
        (await user.RunAsync("get pods stuck")).ShouldMatch(@"stuck +0/1 +(ErrImagePull|ImagePullBackOff) +0 +\d+s\n$");
        (await user.RunAsync("get pod nowhere")).ShouldMatch(@"nowhere +0/1 +Pending +0 +\d+s\n$");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task What_needs_a_process_or_metrics_says_why_it_cannot_be(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Pod("p"));
        await user.RunAsync("wait pod/p --for condition=Ready --timeout 100s");

        (await user.FailAsync("exec p -- ls")).ShouldContain("the sandbox's pods run no processes");
        (await user.FailAsync("attach p")).ShouldContain("the sandbox's pods run no processes");
        (await user.FailAsync("port-forward p 0:80")).ShouldContain("the sandbox's pods run no processes");
        (await user.FailAsync("cp p:/a /dev/null")).ShouldContain("the sandbox's pods run no processes");
        (await user.FailAsync("top pods")).ShouldBe("error: Metrics API not available\n");
        (await user.FailAsync("top nodes")).ShouldBe("error: Metrics API not available\n");
    }
}
