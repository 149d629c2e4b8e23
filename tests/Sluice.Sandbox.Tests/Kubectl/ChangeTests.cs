namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class ChangeTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Create_and_replace_say_what_is_and_what_is_not_there(string version)
    {
        var user = await clusters.UserAsync(version);
        var file = user.File(Manifests.ConfigMap("cm", "1"));

        (await user.FailAsync($"replace -f {file}")).ShouldContain("(NotFound)");
        (await user.RunAsync($"create -f {file} --dry-run=server")).ShouldBe("configmap/cm created (server dry run)\n");
        (await user.RunAsync($"create -f {file}")).ShouldBe("configmap/cm created\n");
        (await user.FailAsync($"create -f {file}")).ShouldBe($"Error from server (AlreadyExists): error when creating \"{file}\": configmaps \"cm\" already exists\n");
        var first = user.Find("configmaps", "cm")!["metadata"]!["uid"]!.GetValue<string>();
        (await user.RunAsync("replace -f -", Manifests.ConfigMap("cm", "2"))).ShouldBe("configmap/cm replaced\n");
        user.Find("configmaps", "cm")!["data"]!["k"]!.GetValue<string>().ShouldBe("2");
        (await user.RunAsync($"replace --force -f {file}")).ShouldMatch("configmap \"cm\" deleted.*\nconfigmap/cm replaced\n$");
        user.Find("configmaps", "cm")!["metadata"]!["uid"]!.GetValue<string>().ShouldNotBe(first);
        await user.RunAsync($"replace --raw /api/v1/namespaces/{user.Namespace}/configmaps/cm -f {user.File("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm"},"data":{"k":"raw"}}""")}");
        user.Find("configmaps", "cm")!["data"]!["k"]!.GetValue<string>().ShouldBe("raw");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Patches_of_every_type_change_what_they_say(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 0) + "---\n" + Manifests.Rollout("pay"));

        (await user.RunAsync("""patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"web:2"}]}}}}'""")).ShouldBe("deployment.apps/web patched\n");
        (await user.RunAsync("get deploy web -o jsonpath='{.spec.template.spec.containers[*].image}'")).ShouldBe("web:2 side:1");
        (await user.RunAsync("""patch deploy web --type merge -p '{"spec":{"paused":true}}'""")).ShouldBe("deployment.apps/web patched\n");
        (await user.RunAsync("""patch deploy web --type merge -p '{"spec":{"paused":true}}'""")).ShouldBe("deployment.apps/web patched (no change)\n");
        (await user.RunAsync("""patch deploy web --type json -p '[{"op":"test","path":"/spec/paused","value":true},{"op":"remove","path":"/spec/paused"}]'""")).ShouldBe("deployment.apps/web patched\n");
        user.Find("deployments.apps", "web")!["spec"]!["paused"].ShouldBeNull();
        (await user.FailAsync("""patch deploy web --type json -p '[{"op":"test","path":"/spec/replicas","value":8}]'"""))
            .ShouldBe("The request is invalid: the server rejected our request due to an error in our request\n");
        (await user.RunAsync("""patch rollout pay --subresource=status --type merge -p '{"spec":{"replicas":9},"status":{"phase":"Healthy"}}'""")).ShouldBe("rollout.sluice.dev/pay patched\n");
        user.Find("rollouts.sluice.dev", "pay")!["status"]!["phase"]!.GetValue<string>().ShouldBe("Healthy");
        user.Find("rollouts.sluice.dev", "pay")!["spec"]!["replicas"]!.ToJsonString().ShouldBe("3");
        (await user.RunAsync("""patch rollout pay --subresource=scale --type merge -p '{"spec":{"replicas":4}}'""")).ShouldBe("scale.autoscaling/pay patched\n");
        user.Find("rollouts.sluice.dev", "pay")!["spec"]!["replicas"]!.ToJsonString().ShouldBe("4");
        (await user.FailAsync("""patch rollout pay -p '{"spec":{"replicas":1}}'""")).ShouldContain("application/strategic-merge-patch+json is not supported by sluice.dev/v1alpha1, Kind=Rollout");
        (await user.RunAsync("""patch deploy web --dry-run=server -p '{"spec":{"paused":true}}'""")).ShouldBe("deployment.apps/web patched\n");
        user.Find("deployments.apps", "web")!["spec"]!["paused"].ShouldBeNull();
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Labels_and_annotations_are_set_shown_and_taken_away(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.ConfigMap("a", "1") + "---\n" + Manifests.Rollout("pay"));

        (await user.RunAsync("label cm a tier=web")).ShouldBe("configmap/a labeled\n");
        (await user.RunAsync("label cm a tier=web")).ShouldBe("configmap/a not labeled\n");
        (await user.FailAsync("label cm a tier=db")).ShouldBe("error: 'tier' already has a value (web), and --overwrite is false\n");
        (await user.RunAsync("label cm a tier=db --overwrite")).ShouldBe("configmap/a labeled\n");
        (await user.RunAsync("label cm a --list")).ShouldContain("tier=db\n");
        (await user.RunAsync("label rollout,cm --all seen=yes")).ShouldBe("rollout.sluice.dev/pay labeled\nconfigmap/a labeled\n");
        (await user.RunAsync("label cm a tier-")).ShouldBe("configmap/a unlabeled\n");
        user.Find("configmaps", "a")!["metadata"]!["labels"]!.ToJsonString().ShouldBe("""{"seen":"yes"}""");
        (await user.RunAsync("annotate rollout pay note=hello")).ShouldBe("rollout.sluice.dev/pay annotated\n");
        user.Find("rollouts.sluice.dev", "pay")!["metadata"]!["annotations"]!["note"]!.GetValue<string>().ShouldBe("hello");
        (await user.RunAsync("annotate rollout -l seen=yes note-")).ShouldBe("rollout.sluice.dev/pay annotated\n");
        user.Find("rollouts.sluice.dev", "pay")!["metadata"]!["annotations"]!["note"].ShouldBeNull();
        (await user.FailAsync("label cm a 'bad value=x'")).ShouldContain("invalid");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Parts_of_a_template_are_set(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 0) + "---\n" + Manifests.Rollout("pay"));

        (await user.RunAsync("set image deploy/web side=side:9")).ShouldBe("deployment.apps/web image updated\n");
        (await user.RunAsync("set env deploy/web -c main B=2 A-")).ShouldBe("deployment.apps/web env updated\n");
        (await user.RunAsync("set resources deploy web -c main --limits=cpu=200m")).ShouldBe("deployment.apps/web resource requirements updated\n");
        (await user.RunAsync("set serviceaccount deploy web robot")).ShouldBe("deployment.apps/web serviceaccount updated\n");

        var pod = user.Find("deployments.apps", "web")!["spec"]!["template"]!["spec"]!;
        pod["containers"]![0]!["env"]!.ToJsonString().ShouldBe("""[{"name":"B","value":"2"}]""");
        pod["containers"]![0]!["resources"]!.ToJsonString().ShouldBe("""{"limits":{"cpu":"200m"}}""");
        pod["containers"]![1]!["image"]!.GetValue<string>().ShouldBe("side:9");
        pod["serviceAccountName"]!.GetValue<string>().ShouldBe("robot");
        // kubectl knows the pods of built-in kinds only.
        (await user.FailAsync("set image rollout/pay app=pay:2")).ShouldContain("no kind \"Rollout\" is registered for version \"sluice.dev/v1alpha1\"");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Scale_heeds_what_it_is_told_to_find(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 0) + "---\n" + Manifests.Rollout("pay"));

        (await user.RunAsync("scale rollout pay --replicas=5")).ShouldBe("rollout.sluice.dev/pay scaled\n");
        (await user.FailAsync("scale rollout pay --replicas=6 --current-replicas=3")).ShouldContain("Expected replicas to be 3, was 5");
        (await user.RunAsync("scale rollout/pay deploy/web --replicas=1")).ShouldBe("rollout.sluice.dev/pay scaled\ndeployment.apps/web scaled\n");
        await user.RunAsync("scale deploy web --replicas=2 --current-replicas=1 --timeout=60s");

        user.Find("rollouts.sluice.dev", "pay")!["spec"]!["replicas"]!.ToJsonString().ShouldBe("1");
        await user.UntilAsync("deployments.apps", "web", web => web!["status"]?["readyReplicas"]?.ToJsonString() == "2");
        (await user.FailAsync("scale rollout nosuch --replicas=1")).ShouldContain("no objects passed to scale");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task An_edit_is_stored_and_a_refused_one_is_not(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 0) + "---\n" + Manifests.Rollout("pay"));

        (await user.TryAsync("edit deploy web", editor: "sed -i s/web:1/web:edited/")).Output.ShouldBe("deployment.apps/web edited\n");
        (await user.TryAsync("edit rollout pay", editor: "sed -i s/setWeight:.20/setWeight:\\ 30/")).Output.ShouldBe("rollout.sluice.dev/pay edited\n");
        (await user.TryAsync("edit deploy web", editor: "sed -i s/nothing/else/")).Everything.ShouldContain("Edit cancelled, no changes made.\n");
        var refused = await user.FailAsync("edit deploy web", editor: "sed -i s/revisionHistoryLimit:.*/revisionHistoryLimit:\\ -1/");
        refused.ShouldContain("error: deployments.apps \"web\" is invalid\n");
        refused.ShouldContain("A copy of your changes has been stored to");
        (await user.FailAsync("edit rollout pay", editor: "sed -i s/setWeight:.*/setWeight:\\ 300/")).ShouldContain("is invalid");

        user.Find("deployments.apps", "web")!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>().ShouldBe("web:edited");
        user.Find("deployments.apps", "web")!["spec"]!["revisionHistoryLimit"]!.ToJsonString().ShouldBe("10");
        user.Find("rollouts.sluice.dev", "pay")!["spec"]!["strategy"]!["canary"]!["steps"]![0]!["setWeight"]!.ToJsonString().ShouldBe("30");
    }
}
