namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class RolloutCommandTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_deployment_is_followed_undone_paused_and_restarted(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web"));
        await user.RunAsync("annotate deploy web kubernetes.io/change-cause=first");
        (await user.RunAsync("rollout status deploy/web --timeout 100s")).ShouldEndWith("deployment \"web\" successfully rolled out\n");
        await user.RunAsync("set image deploy/web main=web:2");
        (await user.RunAsync("rollout status deploy/web --timeout 100s")).ShouldEndWith("deployment \"web\" successfully rolled out\n");

        (await user.RunAsync("rollout history deploy/web")).ShouldBe("deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         first\n2         first\n\n");
        (await user.RunAsync("rollout history deploy/web --revision=1")).ShouldMatch(@"deployment.apps/web with revision #1\nPod Template:\n(.*\n)*   main:\n    Image:\tweb:1\n");
        (await user.RunAsync("rollout undo deploy/web")).ShouldBe("deployment.apps/web rolled back\n");
        user.Find("deployments.apps", "web")!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>().ShouldBe("web:1");
        await user.UntilAsync("deployments.apps", "web", web => web!["metadata"]!["annotations"]!["deployment.kubernetes.io/revision"]!.GetValue<string>() == "3");
        (await user.RunAsync("rollout history deploy/web")).ShouldMatch(@"REVISION  CHANGE-CAUSE\n2 +first\n3 +first\n");
        (await user.RunAsync("rollout undo deploy/web --to-revision=2")).ShouldBe("deployment.apps/web rolled back\n");
        (await user.FailAsync("rollout undo deploy/web --to-revision=9")).ShouldContain("unable to find specified revision 9 in history");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_paused_deployment_waits_and_a_restarted_one_has_new_pods(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 1));
        await user.RunAsync("rollout status deploy/web --timeout 100s");
        var before = await user.RunAsync("get pods -l app=web -o name");

        (await user.RunAsync("rollout pause deploy/web")).ShouldBe("deployment.apps/web paused\n");
        (await user.FailAsync("rollout pause deploy/web")).ShouldContain("is already paused");
        (await user.FailAsync("rollout restart deploy/web")).ShouldContain("can't restart paused deployment");
        await user.RunAsync("set image deploy/web main=web:2");
        (await user.FailAsync("rollout status deploy/web --timeout 1s")).ShouldContain("timed out");
        (await user.RunAsync("rollout resume deploy/web")).ShouldBe("deployment.apps/web resumed\n");
        await user.RunAsync("rollout status deploy/web --timeout 100s");
        (await user.RunAsync("rollout restart deploy/web")).ShouldBe("deployment.apps/web restarted\n");
        await user.RunAsync("rollout status deploy/web --timeout 100s");

        user.Find("deployments.apps", "web")!["spec"]!["template"]!["metadata"]!["annotations"]!["kubectl.kubernetes.io/restartedAt"].ShouldNotBeNull();
        (await user.RunAsync("get pods -l app=web -o name")).ShouldNotContain(before);
        await user.RunAsync("apply -f -", Manifests.Rollout("pay"));
        (await user.FailAsync("rollout status rollout/pay")).ShouldContain("no kind \"Rollout\" is registered for version \"sluice.dev/v1alpha1\"");
    }
}
