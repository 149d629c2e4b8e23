namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class ApplyTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Apply_creates_configures_and_leaves_alone(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("apply -f -", Manifests.ConfigMap("cm", "1"))).ShouldBe("configmap/cm created\n");
        (await user.RunAsync("apply -f -", Manifests.ConfigMap("cm", "1"))).ShouldBe("configmap/cm unchanged\n");
        (await user.RunAsync("diff -f -", Manifests.ConfigMap("cm", "1"))).ShouldBe("");
        var diff = await user.TryAsync("diff -f -", Manifests.ConfigMap("cm", "2"));
        diff.ExitCode.ShouldBe(1, diff.Everything);
        diff.Output.ShouldContain("-  k: \"1\"\n+  k: \"2\"\n");
        (await user.RunAsync("apply --dry-run=server -f -", Manifests.ConfigMap("cm", "3"))).ShouldBe("configmap/cm configured (server dry run)\n");
        (await user.RunAsync("apply --dry-run=client -f -", Manifests.ConfigMap("cm", "3"))).ShouldBe("configmap/cm configured (dry run)\n");
        (await user.RunAsync("apply --dry-run=server -f - -o name", Manifests.ConfigMap("other", "3"))).ShouldBe("configmap/other\n");
        user.Find("configmaps", "other").ShouldBeNull();
        user.Find("configmaps", "cm")!["data"]!.ToJsonString().ShouldBe("""{"k":"1"}""");
        (await user.RunAsync("apply -f -", Manifests.ConfigMap("cm", "2"))).ShouldBe("configmap/cm configured\n");
        user.Find("configmaps", "cm")!["data"]!.ToJsonString().ShouldBe("""{"k":"2"}""");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Apply_takes_away_what_the_manifest_dropped_and_leaves_what_others_set(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 0));
        await user.RunAsync("annotate deploy web owner=else");
        await user.RunAsync("apply -f -", Manifests.Rollout("pay", replicas: 7));

        (await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 0).Replace(", env: [{name: A, value: \"1\"}]", "", StringComparison.Ordinal))).ShouldBe("deployment.apps/web configured\n");
        (await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 0).Replace("      - {name: side, image: \"side:1\"}\n", "", StringComparison.Ordinal))).ShouldBe("deployment.apps/web configured\n");
        (await user.RunAsync("apply -f -", Manifests.Rollout("pay").Replace("  replicas: 3\n", "", StringComparison.Ordinal))).ShouldBe("rollout.sluice.dev/pay configured\n");

        var web = user.Find("deployments.apps", "web")!;
        web["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Count.ShouldBe(1);
        web["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.ToJsonString().ShouldBe("""[{"name":"A","value":"1"}]""");
        web["metadata"]!["annotations"]!["owner"]!.GetValue<string>().ShouldBe("else");
        user.Find("rollouts.sluice.dev", "pay")!["spec"]!["replicas"]!.ToJsonString().ShouldBe("1");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Lists_several_documents_and_folders_are_applied_whole(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("apply -f -", """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: two}, spec: {replicas: 0, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}
            """)).ShouldBe("configmap/one created\ndeployment.apps/two created\n");
        (await user.RunAsync("apply -f -", Manifests.ConfigMap("one", "1") + "---\n" + Manifests.Rollout("three"))).ShouldBe("configmap/one configured\nrollout.sluice.dev/three created\n");
        (await user.FailAsync("apply -f -", """{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"four"},"dota":{}}]}"""))
            .ShouldContain("error validating data: ValidationError(ConfigMap): unknown field \"dota\" in io.k8s.api.core.v1.ConfigMap");
        user.Find("configmaps", "four").ShouldBeNull();
        var folder = Directory.CreateDirectory(user.File("") + ".d").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "cm.yaml"), Manifests.ConfigMap("five", "5"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "kustomization.yaml"), "resources: [cm.yaml]\nnamePrefix: high-\n", TestContext.Current.CancellationToken);
        (await user.RunAsync($"apply -k {folder}")).ShouldBe("configmap/high-five created\n");
        (await user.RunAsync($"get -k {folder} -o name")).ShouldBe("configmap/high-five\n");
        (await user.RunAsync($"diff -k {folder}")).ShouldBe("");
        (await user.RunAsync($"delete -k {folder}")).ShouldStartWith("configmap \"high-five\" deleted");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Apply_with_prune_deletes_what_is_no_longer_in_the_set(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.ConfigMap("a", "1", "set: s") + "---\n" + Manifests.ConfigMap("b", "1", "set: s") + "---\n" + Manifests.ConfigMap("c", "1"));

        (await user.RunAsync("apply --prune -l set=s --prune-allowlist=core/v1/ConfigMap -f -", Manifests.ConfigMap("a", "2", "set: s")))
            .ShouldBe("configmap/a configured\nconfigmap/b pruned\n");

        user.List("configmaps").Select(item => item["metadata"]!["name"]!.GetValue<string>()).ShouldBe(["a", "c"]);
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Server_side_apply_reports_conflicts_with_their_managers(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("apply --server-side --field-manager one -f -", Manifests.ConfigMap("cm", "1"))).ShouldBe("configmap/cm serverside-applied\n");
        var before = user.Find("configmaps", "cm")!["metadata"]!["resourceVersion"]!.GetValue<string>();
        await user.RunAsync("apply --server-side --field-manager one -f -", Manifests.ConfigMap("cm", "1"));
        user.Find("configmaps", "cm")!["metadata"]!["resourceVersion"]!.GetValue<string>().ShouldBe(before);
        var conflict = await user.FailAsync("apply --server-side --field-manager two -f -", Manifests.ConfigMap("cm", "2"));
        conflict.ShouldStartWith("error: Apply failed with 1 conflict: conflict with \"one\": .data.k\n");
        var diff = await user.TryAsync("diff --server-side --field-manager one -f -", Manifests.ConfigMap("cm", "3"));
        diff.ExitCode.ShouldBe(1, diff.Everything);
        diff.Output.ShouldContain("-  k: \"1\"\n+  k: \"3\"\n");
        await user.RunAsync("apply --server-side --field-manager two --force-conflicts -f -", Manifests.ConfigMap("cm", "2"));
        user.Find("configmaps", "cm")!["data"]!.ToJsonString().ShouldBe("""{"k":"2"}""");
        (await user.RunAsync("get cm cm --show-managed-fields -o jsonpath='{.metadata.managedFields[?(@.manager==\"two\")].fieldsV1}'")).ShouldContain("\"f:k\":{}");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Going_over_to_server_side_apply_leaves_one_manager_that_may_drop_fields(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Rollout("pay", replicas: 7));

        (await user.RunAsync("apply --server-side -f -", Manifests.Rollout("pay", replicas: 7))).ShouldBe("rollout.sluice.dev/pay serverside-applied\n");
        (await user.RunAsync("get rollout pay --show-managed-fields -o jsonpath='{.metadata.managedFields[*].manager}'")).ShouldNotContain("kubectl-client-side-apply");
        await user.RunAsync("apply --server-side -f -", Manifests.Rollout("pay").Replace("  replicas: 3\n", "", StringComparison.Ordinal));

        user.Find("rollouts.sluice.dev", "pay")!["spec"]!["replicas"]!.ToJsonString().ShouldBe("1");
    }
}
