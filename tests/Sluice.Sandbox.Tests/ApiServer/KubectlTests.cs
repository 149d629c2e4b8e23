using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>What users do, with the tool that they use.</summary>
public sealed class KubectlTests(Kubectl kubectl) : IClassFixture<Kubectl>
{
    private const string Deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: NAME, labels: {app: NAME}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec:
              containers:
              - {name: main, image: "web:1", env: [{name: A, value: "1"}]}
              - {name: side, image: "side:1"}
        """;

    [Fact]
    public async Task Objects_are_shown_in_every_form()
    {
        Skip();
        await ApplyAsync("forms");
        (await kubectl.RunAsync("get deploy forms")).ShouldMatch(@"^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nforms +0/2 +0 +0 +\d+s\n$");
        (await kubectl.RunAsync("get deploy forms -o wide")).ShouldMatch("CONTAINERS +IMAGES +SELECTOR\nforms .* main,side +web:1,side:1 +app=forms");
        (await kubectl.RunAsync("get deploy forms -o name")).ShouldBe("deployment.apps/forms\n");
        (await kubectl.RunAsync("get deploy forms -o yaml")).ShouldContain("progressDeadlineSeconds: 600");
        JsonNode.Parse(await kubectl.RunAsync("get deploy forms -o json"))!["spec"]!["strategy"]!["type"]!.GetValue<string>().ShouldBe("RollingUpdate");
        (await kubectl.RunAsync("get deploy -l app=forms -o jsonpath='{.items[*].metadata.name}'")).ShouldContain("forms");
        (await kubectl.RunAsync("describe deploy forms")).ShouldContain("Replicas:               2 desired | 0 updated");
        (await kubectl.RunAsync("get namespaces --no-headers")).ShouldMatch(@"default +Active +\d+");
    }

    [Fact]
    public async Task A_watch_shows_what_happens_meanwhile()
    {
        Skip();
        await kubectl.RunAsync("apply -f -", ConfigMap("watched", "1"));
        var lines = await kubectl.FollowAsync(
            "get cm watched -w --output-watch-events --no-headers",
            () => kubectl.RunAsync("delete cm watched --wait=false"),
            line => line.StartsWith("DELETED", StringComparison.Ordinal));
        lines[0].ShouldMatch(@"^ADDED +watched +1 +\d+s$");
        lines[^1].ShouldMatch(@"^DELETED +watched +1 +\d+s$");
    }

    [Fact]
    public async Task Apply_creates_configures_and_leaves_alone()
    {
        Skip();
        (await kubectl.RunAsync("apply -f -", ConfigMap("applied", "1"))).ShouldBe("configmap/applied created\n");
        (await kubectl.RunAsync("apply -f -", ConfigMap("applied", "1"))).ShouldBe("configmap/applied unchanged\n");
        var diff = await kubectl.TryAsync("diff -f -", ConfigMap("applied", "2"));
        diff.ExitCode.ShouldBe(1, diff.Everything);
        diff.Output.ShouldContain("+  k: \"2\"");
        (await kubectl.RunAsync("apply -f -", ConfigMap("applied", "2"))).ShouldBe("configmap/applied configured\n");
        (await kubectl.RunAsync("apply --dry-run=server -f -", ConfigMap("applied", "3"))).ShouldBe("configmap/applied configured (server dry run)\n");
        (await kubectl.RunAsync("get cm applied -o jsonpath='{.data.k}'")).ShouldBe("2");
    }

    [Fact]
    public async Task Server_side_apply_reports_conflicts_with_their_managers()
    {
        Skip();
        (await kubectl.RunAsync("apply --server-side --field-manager one -f -", ConfigMap("owned", "1"))).ShouldBe("configmap/owned serverside-applied\n");
        var conflict = await kubectl.TryAsync("apply --server-side --field-manager two -f -", ConfigMap("owned", "2"));
        conflict.ExitCode.ShouldBe(1);
        conflict.Error.ShouldContain("conflict with \"one\": .data.k");
        await kubectl.RunAsync("apply --server-side --field-manager two --force-conflicts -f -", ConfigMap("owned", "2"));
        (await kubectl.RunAsync("get cm owned --show-managed-fields -o yaml")).ShouldContain("manager: two");
    }

    [Fact]
    public async Task Unknown_fields_and_broken_templates_are_refused_with_their_place()
    {
        Skip();
        var unknown = await kubectl.TryAsync("apply -f -", Deployment.Replace("NAME", "strict", StringComparison.Ordinal).Replace("replicas:", "replicaz:", StringComparison.Ordinal));
        unknown.ExitCode.ShouldBe(1);
        unknown.Error.ShouldContain("strict decoding error: unknown field \"spec.replicaz\"");
        var broken = await kubectl.TryAsync("apply -f -", Deployment.Replace("NAME", "strict", StringComparison.Ordinal).Replace("name: side", "name: main", StringComparison.Ordinal));
        broken.Error.ShouldContain("spec.template.spec.containers[1].name: Duplicate value: \"main\"");
    }

    [Fact]
    public async Task Patches_of_every_type_change_what_they_say()
    {
        Skip();
        await ApplyAsync("patched");
        await kubectl.RunAsync("""patch deploy patched -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"web:2"}]}}}}'""");
        (await kubectl.RunAsync("get deploy patched -o jsonpath='{.spec.template.spec.containers[*].image}'")).ShouldBe("web:2 side:1");
        await kubectl.RunAsync("""patch deploy patched --type merge -p '{"spec":{"replicas":4}}'""");
        await kubectl.RunAsync("""patch deploy patched --type json -p '[{"op":"replace","path":"/spec/replicas","value":5}]'""");
        await kubectl.RunAsync("set image deploy/patched side=side:9");
        (await kubectl.RunAsync("get deploy patched -o jsonpath='{.spec.replicas} {.metadata.generation}'")).ShouldBe("5 5");
    }

    [Fact]
    public async Task Labels_annotations_scale_and_edits_stick()
    {
        Skip();
        await ApplyAsync("touched");
        await kubectl.RunAsync("label deploy touched tier=web");
        await kubectl.RunAsync("annotate deploy touched note=hello");
        await kubectl.RunAsync("scale deploy touched --replicas 7");
        var edit = await kubectl.TryAsync("edit deploy touched", editor: "sed -i s/web:1/web:edited/");
        edit.ExitCode.ShouldBe(0, edit.Everything);
        (await kubectl.RunAsync(
                "get deploy touched -o jsonpath='{.metadata.labels.tier} {.metadata.annotations.note} {.spec.replicas} {.spec.template.spec.containers[0].image}'"))
            .ShouldBe("web hello 7 web:edited");
    }

    [Fact]
    public async Task Waiting_and_rollout_status_follow_the_status()
    {
        Skip();
        await ApplyAsync("rolling");
        var waiting = kubectl.RunAsync("rollout status deploy rolling --timeout 100s");
        SetStatus("deployments", "rolling",
            """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2,"conditions":[{"type":"Available","status":"True"}]}""");
        (await waiting).ShouldContain("deployment \"rolling\" successfully rolled out");
        (await kubectl.RunAsync("wait deploy/rolling --for condition=Available --timeout 100s")).ShouldContain("condition met");
        (await kubectl.RunAsync("wait deploy/rolling --for jsonpath='{.status.readyReplicas}'=2 --timeout 100s")).ShouldContain("condition met");
        (await kubectl.RunAsync("delete deploy rolling")).ShouldContain("deployment.apps \"rolling\" deleted");
        (await kubectl.TryAsync("get deploy rolling")).Error.ShouldContain("Error from server (NotFound): deployments.apps \"rolling\" not found");
    }

    [Fact]
    public async Task Custom_resources_have_their_columns_explanations_and_short_names()
    {
        Skip();
        await kubectl.RunAsync("apply -f -", Transcript.Load("01-crd-lifecycle").Steps[0].Request["body"]!.ToJsonString());
        await kubectl.RunAsync("wait crd/widgets.example.dev --for condition=Established --timeout 100s");
        await kubectl.RunAsync("apply -f -", """{"apiVersion":"example.dev/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":"S","replicas":3}}""");
        (await kubectl.RunAsync("get wd")).ShouldMatch(@"NAME +SIZE +REPLICAS +READY +AGE\nw +S +3 +\d+s");
        await kubectl.RunAsync("scale wd w --replicas 4");
        (await kubectl.RunAsync("explain widget.spec.size")).ShouldContain("FIELD: size <string>");
        (await kubectl.RunAsync("api-resources --api-group example.dev")).ShouldMatch(@"widgets +wd +example.dev/v1 +true +Widget");
        (await kubectl.TryAsync("apply -f -", """{"apiVersion":"example.dev/v1","kind":"Widget","metadata":{"name":"v"},"spec":{"size":"XXL"}}""")).Error
            .ShouldContain("spec.size: Unsupported value: \"XXL\"");
        (await kubectl.RunAsync("delete crd widgets.example.dev")).ShouldContain("deleted");
        (await kubectl.TryAsync("get widgets.example.dev")).Error.ShouldContain("the server doesn't have a resource type");
    }

    [Fact]
    public async Task Events_and_logs_are_found_from_their_pod()
    {
        Skip();
        await kubectl.RunAsync("apply -f -", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"talker"},"spec":{"containers":[{"name":"main","image":"web:1"}]}}""");
        var uid = await kubectl.RunAsync("get pod talker -o jsonpath='{.metadata.uid}'");
        await kubectl.RunAsync("create -f -",
            """
            {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"talker.1"},"eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"c",
             "reportingInstance":"i","action":"Act","reason":"Because","type":"Normal","note":"it said hello","regarding":{"apiVersion":"v1","kind":"Pod","name":"talker","namespace":"default","uid":"UID"}}
            """.Replace("UID", uid, StringComparison.Ordinal));
        Send("PUT", "/api/v1/namespaces/default/pods/talker/log", "hello\n", "text/plain");
        (await kubectl.RunAsync("logs talker")).ShouldBe("hello\n");
        (await kubectl.RunAsync("describe pod talker")).ShouldContain("it said hello");
        (await kubectl.RunAsync("events --for pod/talker")).ShouldContain("it said hello");
        (await kubectl.RunAsync("get events")).ShouldMatch(@"LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n.* +Normal +Because +pod/talker +it said hello");
        (await kubectl.RunAsync("get pod talker")).ShouldMatch(@"NAME +READY +STATUS +RESTARTS +AGE\ntalker +0/1 +Pending +0 +\d+s");
    }

    [Fact]
    public async Task Identity_and_access_are_answered()
    {
        Skip();
        (await kubectl.RunAsync("auth whoami")).ShouldContain("sandbox-admin");
        (await kubectl.RunAsync("auth can-i create pods")).ShouldBe("yes\n");
        (await kubectl.RunAsync("version -o json")).ShouldContain("\"minor\": \"36\"");
    }

    [Fact]
    public async Task A_body_in_protobuf_gets_a_way_out()
    {
        Skip();
        var result = await kubectl.TryAsync("create configmap proto --from-literal a=b");
        // Older clients send JSON, which is as good.
        if (result.ExitCode != 0) result.Error.ShouldContain("kubectl apply -f");
    }

    private static void Skip() => Assert.SkipUnless(Kubectl.IsInstalled, "kubectl is not on the PATH");

    private Task<string> ApplyAsync(string name) => kubectl.RunAsync("apply -f -", Deployment.Replace("NAME", name, StringComparison.Ordinal));

    private static string ConfigMap(string name, string value) =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}"},"data":{"k":"{{value}}"} }""";

    private void SetStatus(string plural, string name, string status) =>
        Send("PATCH", $"/apis/apps/v1/namespaces/default/{plural}/{name}/status", $$"""{"status":{{status}} }""", "application/merge-patch+json");

    private void Send(string method, string path, string body, string contentType)
    {
        var response = kubectl.Host.ApiServer.Handle(new ApiRequest(method, path) { ContentType = contentType, Body = Encoding.UTF8.GetBytes(body) });
        response.StatusCode.ShouldBeLessThan(300, Encoding.UTF8.GetString(response.Body.Span));
    }
}
