namespace Sluice.Sandbox.Tests.Kubectl;

/// <summary>Commands that make objects of their own; newer versions send them as protobuf.</summary>
public sealed class CreateTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Configuration_and_accounts_are_created(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync($"create namespace {user.Namespace}-more")).ShouldBe($"namespace/{user.Namespace}-more created\n");
        (await user.RunAsync($"create configmap cm --from-literal=a=b --from-file=c={user.File("text")}")).ShouldBe("configmap/cm created\n");
        (await user.RunAsync("create secret generic s --from-literal=a=b")).ShouldBe("secret/s created\n");
        (await user.RunAsync("create serviceaccount robot")).ShouldBe("serviceaccount/robot created\n");
        (await user.RunAsync("create role reader --verb=get,list --resource=pods,rollouts.sluice.dev")).ShouldBe("role.rbac.authorization.k8s.io/reader created\n");
        (await user.RunAsync($"create rolebinding reads --role=reader --serviceaccount={user.Namespace}:robot")).ShouldBe("rolebinding.rbac.authorization.k8s.io/reads created\n");
        (await user.RunAsync("create quota q --hard=pods=10,cpu=1500m")).ShouldBe("resourcequota/q created\n");
        (await user.RunAsync("create configmap dry --from-literal=a=b --dry-run=server")).ShouldBe("configmap/dry created (server dry run)\n");
        (await user.FailAsync("create configmap cm --from-literal=a=b")).ShouldContain("configmaps \"cm\" already exists");

        user.Find("configmaps", "cm")!["data"]!.ToJsonString().ShouldBe("""{"a":"b","c":"text"}""");
        user.Find("configmaps", "dry").ShouldBeNull();
        user.Find("secrets", "s")!["data"]!.ToJsonString().ShouldBe("""{"a":"Yg=="}""");
        user.Find("roles.rbac.authorization.k8s.io", "reader")!["rules"]!.ToJsonString().ShouldBe(
            """[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]},{"verbs":["get","list"],"apiGroups":["sluice.dev"],"resources":["rollouts"]}]""");
        user.Find("resourcequotas", "q")!["spec"]!["hard"]!["cpu"]!.GetValue<string>().ShouldBe("1500m");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Workloads_are_created_run_and_exposed(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("create deployment web --image=web:1 --replicas=2 --port=8080")).ShouldBe("deployment.apps/web created\n");
        (await user.RunAsync("expose deploy web --port=80 --target-port=8080")).ShouldBe("service/web exposed\n");
        // Older versions write autoscaling/v1, which is not served.
        if (user.Version >= new Version(1, 33)) (await user.RunAsync("autoscale deploy web --min=1 --max=5")).ShouldBe("horizontalpodautoscaler.autoscaling/web autoscaled\n");
        (await user.RunAsync("create pdb web --selector=app=web --min-available=1")).ShouldBe("poddisruptionbudget.policy/web created\n");
        (await user.RunAsync("create ingress web --rule=example.com/*=web:80")).ShouldBe("ingress.networking.k8s.io/web created\n");
        (await user.RunAsync("create cronjob nightly --image=job:1 --schedule='0 3 * * *' -- sweep --all")).ShouldBe("cronjob.batch/nightly created\n");
        (await user.RunAsync("create job now --from=cronjob/nightly")).ShouldBe("job.batch/now created\n");
        (await user.RunAsync("run shell --image=web:1 --env=A=B --restart=Never")).ShouldBe("pod/shell created\n");
        (await user.FailAsync("create deployment Web --image=web")).ShouldContain("metadata.name: Invalid value: \"Web\"");
        await user.RunAsync("wait deploy/web --for condition=Available --timeout 100s");

        user.Find("deployments.apps", "web")!["spec"]!["replicas"]!.ToJsonString().ShouldBe("2");
        user.Find("services", "web")!["spec"]!["ports"]![0]!["targetPort"]!.ToJsonString().ShouldBe("8080");
        user.Find("poddisruptionbudgets.policy", "web")!["spec"]!.ToJsonString().ShouldBe("""{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}""");
        user.Find("jobs.batch", "now")!["spec"]!["template"]!["spec"]!["containers"]![0]!["command"]!.ToJsonString().ShouldBe("""["sweep","--all"]""");
        user.Find("pods", "shell")!["spec"]!["containers"]![0]!["env"]!.ToJsonString().ShouldBe("""[{"name":"A","value":"B"}]""");
        // Older versions read Endpoints, which no controller writes.
        if (user.Version >= new Version(1, 31)) (await user.RunAsync("describe svc web")).ShouldMatch(@"Endpoints: +10\.244\.\d+\.\d+:8080,10\.244\.\d+\.\d+:8080\n");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_node_is_tainted_cordoned_and_drained(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Pod("moved"));
        await user.RunAsync("wait pod/moved --for condition=Ready --timeout 100s");

        (await user.RunAsync("taint node sandbox-node test.dev/quiet=yes:PreferNoSchedule")).ShouldBe("node/sandbox-node tainted\n");
        (await user.RunAsync("taint node sandbox-node test.dev/quiet-")).ShouldBe("node/sandbox-node untainted\n");
        var drained = await user.TryAsync("drain sandbox-node --force --pod-selector app=moved --dry-run=server");
        drained.Output.ShouldMatch($"^node/sandbox-node cordoned \\(server dry run\\)\nevicting pod {user.Namespace}/moved \\(server dry run\\)\nnode/sandbox-node drained \\(server dry run\\)\n$");
        user.Find("pods", "moved")!["metadata"]!["deletionTimestamp"].ShouldBeNull();
    }
}
