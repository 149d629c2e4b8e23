namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class DeleteTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Objects_are_deleted_by_name_label_file_and_all(string version)
    {
        var user = await clusters.UserAsync(version);
        var file = user.File(Manifests.ConfigMap("a", "1") + "---\n" + Manifests.ConfigMap("b", "1"));
        await user.RunAsync($"apply -f {file}");
        await user.RunAsync("apply -f -", Manifests.ConfigMap("c", "1", "tier: web") + "---\n" + Manifests.ConfigMap("d", "1") + "---\n" + Manifests.Rollout("pay"));

        (await user.RunAsync($"delete -f {file} --dry-run=server")).ShouldMatch("^configmap \"a\" deleted.*\\(server dry run\\)\n");
        (await user.RunAsync($"delete -f {file}")).ShouldMatch("^configmap \"a\" deleted.*\nconfigmap \"b\" deleted.*\n$");
        (await user.FailAsync($"delete -f {file}")).ShouldContain("(NotFound)");
        (await user.RunAsync($"delete -f {file} --ignore-not-found")).ShouldBe("");
        (await user.RunAsync("delete cm -l tier=web --now")).ShouldMatch("^configmap \"c\" deleted.*\n$");
        (await user.RunAsync("delete cm,rollout --all")).ShouldMatch("^configmap \"d\" deleted.*\nrollout.sluice.dev \"pay\" deleted.*\n$");
        (await user.FailAsync("delete cm d")).ShouldBe("Error from server (NotFound): configmaps \"d\" not found\n");
        (await user.RunAsync("delete cm d --ignore-not-found")).ShouldBe("");

        user.List("configmaps").ShouldBeEmpty();
        user.List("rollouts.sluice.dev").ShouldBeEmpty();
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Dependents_go_before_with_or_not_with_their_owner(string version)
    {
        var user = await clusters.UserAsync(version);
        foreach (var name in (string[])["orphan", "foreground", "background"])
        {
            await user.RunAsync("apply -f -", Manifests.Deployment(name, replicas: 1));
            await user.RunAsync($"wait deploy/{name} --for condition=Available --timeout 100s");
        }

        (await user.RunAsync("delete deploy orphan --cascade=orphan")).ShouldMatch("^deployment.apps \"orphan\" deleted");
        user.Find("deployments.apps", "orphan").ShouldBeNull();
        var orphan = user.List("replicasets.apps").Single(set => set["metadata"]!["labels"]!["app"]!.GetValue<string>() == "orphan");
        orphan["metadata"]!["ownerReferences"].ShouldBeNull();
        orphan["metadata"]!["deletionTimestamp"].ShouldBeNull();

        // The owner goes last, and kubectl waits for it.
        await user.RunAsync("delete deploy foreground --cascade=foreground");
        user.List("replicasets.apps").ShouldNotContain(set => set["metadata"]!["labels"]!["app"]!.GetValue<string>() == "foreground");
        user.List("pods").ShouldNotContain(pod => pod["metadata"]!["labels"]!["app"]!.GetValue<string>() == "foreground");

        await user.RunAsync("delete deploy background --cascade=background");
        await user.RunAsync("wait --for=delete rs,pod -l app=background --timeout=100s");
        user.List("replicasets.apps").Count.ShouldBe(1);
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_delete_waits_for_finalizers_and_forces_pods(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.ConfigMap("held", "1") + "---\n" + Manifests.Pod("gone"));
        await user.RunAsync("""patch cm held --type merge -p '{"metadata":{"finalizers":["test.dev/hold"]}}'""");
        await user.RunAsync("wait pod/gone --for condition=Ready --timeout 100s");

        (await user.FailAsync("delete cm held --timeout=1s")).ShouldContain("timed out waiting for the condition");
        user.Find("configmaps", "held")!["metadata"]!["deletionTimestamp"].ShouldNotBeNull();
        await user.RunAsync("delete cm held --wait=false");
        await user.RunAsync("""patch cm held --type merge -p '{"metadata":{"finalizers":null}}'""");
        user.Find("configmaps", "held").ShouldBeNull();
        var forced = await user.TryAsync("delete pod gone --grace-period=0 --force");
        forced.Output.ShouldMatch("^pod \"gone\" force deleted");
        forced.Error.ShouldContain("Warning: Immediate deletion does not wait for confirmation");
        user.Find("pods", "gone").ShouldBeNull();
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_namespace_goes_with_all_that_is_in_it(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 1) + "---\n" + Manifests.Rollout("pay"));

        (await user.RunAsync($"delete namespace {user.Namespace}")).ShouldBe($"namespace \"{user.Namespace}\" deleted\n");

        user.List("rollouts.sluice.dev").ShouldBeEmpty();
        user.List("pods").ShouldBeEmpty();
        (await user.FailAsync("apply -f -", Manifests.ConfigMap("late", "1"))).ShouldContain($"namespaces \"{user.Namespace}\" not found");
    }
}
