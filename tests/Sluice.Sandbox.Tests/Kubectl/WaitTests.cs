namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class WaitTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Waiting_ends_with_what_is_waited_for(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Rollout("pay") + "---\n" + Manifests.Pod("p"));

        var ready = user.RunAsync("wait rollout/pay --for condition=Ready --timeout 100s");
        var healthy = user.RunAsync("wait rollout/pay --for jsonpath='{.status.phase}'=Healthy --timeout 100s");
        user.SetStatus("sluice.dev/v1alpha1", "rollouts", "pay", """
            {"observedGeneration":1,"phase":"Healthy","conditions":[{"type":"Ready","status":"True","reason":"Because","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}
            """);
        (await ready).ShouldBe("rollout.sluice.dev/pay condition met\n");
        (await healthy).ShouldBe("rollout.sluice.dev/pay condition met\n");
        (await user.RunAsync("wait pod -l app=p --for condition=ready --timeout 100s")).ShouldBe("pod/p condition met\n");
        if (user.Version >= new Version(1, 31)) (await user.RunAsync("wait pod/p --for jsonpath='{.status.podIP}'")).ShouldBe("pod/p condition met\n");
        (await user.FailAsync("wait rollout/pay --for condition=Nope --timeout 1s")).ShouldBe("error: timed out waiting for the condition on rollouts/pay\n");
        (await user.FailAsync("wait rollout/nosuch --for condition=Ready")).ShouldBe("Error from server (NotFound): rollouts.sluice.dev \"nosuch\" not found\n");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Waiting_ends_with_the_end_and_the_beginning_of_an_object(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.ConfigMap("short", "1"));

        var gone = user.RunAsync("wait cm/short --for delete --timeout 100s");
        await user.RunAsync("delete cm short --wait=false");
        // Whether the deletion was watched or had happened before is a matter of luck.
        (await gone).ShouldBeOneOf("configmap/short condition met\n", "");
        (await user.RunAsync("wait cm/short --for delete")).ShouldBe("");
        if (user.Version < new Version(1, 31)) return;
        var created = user.RunAsync("wait cm/late --for create --timeout 100s");
        await user.RunAsync("apply -f -", Manifests.ConfigMap("late", "1"));
        (await created).ShouldBe("configmap/late condition met\n");
    }
}
