using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>What an operator learns from a dry run of a ReplicaSet or a Job.</summary>
public sealed class BuiltinValidationTests
{
    private const string ReplicaSets = "/apis/apps/v1/namespaces/default/replicasets?dryRun=All";
    private const string Secrets = "/api/v1/namespaces/default/secrets?dryRun=All";
    private const string Autoscalers = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers?dryRun=All";
    private const string Jobs = "/apis/batch/v1/namespaces/default/jobs?dryRun=All";

    private readonly SandboxClient _client = new();

    [Theory]
    [InlineData("""{}""", "spec.template.spec.containers: Required value")]
    [InlineData("""{"containers":[]}""", "spec.template.spec.containers: Required value")]
    [InlineData("""{"containers":[{"image":"a"}]}""", "spec.template.spec.containers[0].name: Required value")]
    [InlineData("""{"containers":[{"name":"a"}]}""", "spec.template.spec.containers[0].image: Required value")]
    [InlineData("""{"containers":[{"name":"a","image":"i"},{"name":"a","image":"i"}]}""", "spec.template.spec.containers[1].name: Duplicate value: \"a\"")]
    [InlineData(
        """{"containers":[{"name":"A_b","image":"i"}]}""",
        "spec.template.spec.containers[0].name: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
        + "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    [InlineData(
        """{"containers":[{"name":"a","image":"i","ports":[{"containerPort":70000}]}]}""",
        "spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData(
        """{"containers":[{"name":"a","image":"i","ports":[{"containerPort":80,"protocol":"HTTP"}]}]}""",
        "spec.template.spec.containers[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i","env":[{"value":"1"}]}]}""", "spec.template.spec.containers[0].env[0].name: Required value")]
    [InlineData(
        """{"containers":[{"name":"a","image":"i","volumeMounts":[{"name":"v","mountPath":"/x"}]}]}""",
        "spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"v\"")]
    [InlineData(
        """{"containers":[{"name":"a","image":"i","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1500m"}}}]}""",
        "spec.template.spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1500m")]
    [InlineData(
        """{"containers":[{"name":"a","image":"i"}],"restartPolicy":"Never"}""",
        "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i","readinessProbe":{}}]}""", "spec.template.spec.containers[0].readinessProbe: Required value: must specify a handler type")]
    public void A_pod_template_that_cannot_run_is_refused_with_the_field(string podSpec, string error) =>
        _client.Refusal(422, "POST", ReplicaSets, ReplicaSet(podSpec)).ShouldBe($"ReplicaSet.apps \"r\" is invalid: {error}");

    [Theory]
    [InlineData(ReplicaSets, """{"spec":{"replicas":3000000000}}""", "number 3000000000 into Go struct field ReplicaSetSpec.spec.replicas of type int32")]
    [InlineData(ReplicaSets, """{"spec":{"replicas":1.5}}""", "number 1.5 into Go struct field ReplicaSetSpec.spec.replicas of type int32")]
    [InlineData(Secrets, """{"data":{"key":1}}""", "number into Go struct field Secret.data of type []uint8")]
    [InlineData(Autoscalers, """{"spec":{"metrics":"cpu"}}""", "string into Go struct field HorizontalPodAutoscalerSpec.spec.metrics of type []v2.MetricSpec")]
    public void A_value_that_its_field_cannot_hold_is_told_in_the_words_of_Go(string path, string body, string problem) =>
        _client.Refusal(400, "POST", path, body).ShouldEndWith($"json: cannot unmarshal {problem}");

    [Fact]
    public void A_strict_strategic_patch_is_refused_where_a_field_stands_twice()
    {
        _client.Create("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"cm"}}""");

        _client.Refusal(422, "PATCH", "/api/v1/namespaces/default/configmaps/cm?fieldValidation=Strict", """{"data":{"a":"1","a":"2"}}""", "application/strategic-merge-patch+json")
            .ShouldBe(" \"\" is invalid: patch: Invalid value: \"map[data:map[a:2]]\": strict decoding error: duplicate field \"data.a\"");
    }

    [Fact]
    public void A_quantity_that_nobody_can_read_is_a_bad_request() =>
        _client.Refusal(400, "POST", ReplicaSets, ReplicaSet("""{"containers":[{"name":"a","image":"i","resources":{"limits":{"cpu":"much"}}}]}"""))
            .ShouldContain("quantities must match the regular expression");

    [Fact]
    public void A_selector_that_does_not_match_its_template_is_refused() =>
        _client.Refusal(422, "POST", ReplicaSets,
                """{"metadata":{"name":"r"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"y"}},"spec":{"containers":[{"name":"a","image":"i"}]}}}}""")
            .ShouldBe("ReplicaSet.apps \"r\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"y\"}: `selector` does not match template `labels`");

    [Fact]
    public void A_template_is_completed_with_the_defaults_of_a_cluster()
    {
        var spec = _client.Create(ReplicaSets, ReplicaSet("""{"containers":[{"name":"a","image":"i","ports":[{"containerPort":80}],"readinessProbe":{"httpGet":{"port":80}}}]}"""))["spec"]!;
        spec["replicas"]!.GetValue<int>().ShouldBe(1);
        var pod = spec["template"]!["spec"]!;
        pod["restartPolicy"]!.GetValue<string>().ShouldBe("Always");
        var container = pod["containers"]![0]!;
        container["imagePullPolicy"]!.GetValue<string>().ShouldBe("Always");
        container["ports"]![0]!["protocol"]!.GetValue<string>().ShouldBe("TCP");
        container["readinessProbe"]!["periodSeconds"]!.GetValue<int>().ShouldBe(10);
        container["readinessProbe"]!["httpGet"]!["scheme"]!.GetValue<string>().ShouldBe("HTTP");
    }

    [Fact]
    public void A_selector_cannot_change()
    {
        const string path = "/apis/apps/v1/namespaces/default/replicasets";
        _client.Create(path, ReplicaSet("""{"containers":[{"name":"a","image":"i"}]}"""));
        _client.Refusal(422, "PATCH", path + "/r",
                """{"spec":{"selector":{"matchLabels":{"app":"z"}},"template":{"metadata":{"labels":{"app":"z"}}}}}""", "application/merge-patch+json")
            .ShouldEndWith("spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"z\"}}: field is immutable");
    }

    [Theory]
    [InlineData("Always")]
    [InlineData("")]
    public void A_job_must_say_that_its_pods_end(string policy)
    {
        var restart = policy.Length == 0 ? "" : $",\"restartPolicy\":\"{policy}\"";
        _client.Refusal(422, "POST", Jobs, Job($$"""{"containers":[{"name":"a","image":"i"}]{{restart}} }"""))
            .ShouldBe("Job.batch \"j\" is invalid: spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"");
    }

    [Fact]
    public void A_job_selects_its_pods_by_its_own_uid_and_cannot_be_changed()
    {
        var job = _client.Create("/apis/batch/v1/namespaces/default/jobs", Job("""{"containers":[{"name":"a","image":"i"}],"restartPolicy":"Never"}"""));
        var uid = job["metadata"]!["uid"]!.GetValue<string>();
        job["spec"]!["selector"]!["matchLabels"]!["batch.kubernetes.io/controller-uid"]!.GetValue<string>().ShouldBe(uid);
        job["spec"]!["template"]!["metadata"]!["labels"]!["batch.kubernetes.io/job-name"]!.GetValue<string>().ShouldBe("j");
        job["spec"]!["completions"]!.GetValue<int>().ShouldBe(1);
        _client.Refusal(422, "PATCH", "/apis/batch/v1/namespaces/default/jobs/j",
                """{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"other"}]}}}}""", "application/merge-patch+json")
            .ShouldContain("spec.template: Invalid value:");
    }

    [Fact]
    public void A_pod_leaves_gracefully_once_it_has_a_node()
    {
        const string pods = "/api/v1/namespaces/default/pods";
        _client.Create(pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"i"}]}}""");
        _client.Create(pods + "/p/binding", """{"target":{"name":"n"}}""");
        _client.Delete(pods + "/p")["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>().ShouldBe(30);
        _client.Get(pods + "/p")["spec"]!["nodeName"]!.GetValue<string>().ShouldBe("n");
        _client.Delete(pods + "/p", """{"gracePeriodSeconds":0}""");
        _client.Send("GET", pods + "/p").StatusCode.ShouldBe(404);
    }

    [Fact]
    public void A_node_publishes_logs_and_clients_read_them()
    {
        const string pods = "/api/v1/namespaces/default/pods";
        _client.Create(pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"i"}]}}""");
        _client.Send("PUT", pods + "/p/log?container=a", "one\ntwo\nthree\n", "text/plain").StatusCode.ShouldBe(200);
        Text("/log").ShouldBe("one\ntwo\nthree\n");
        Text("/log?tailLines=2").ShouldBe("two\nthree\n");
        _client.Send("GET", pods + "/p/log?container=b").StatusCode.ShouldBe(400);

        string Text(string path) => System.Text.Encoding.UTF8.GetString(_client.Send("GET", pods + "/p" + path).Body.Span);
    }

    [Fact]
    public void A_secret_folds_its_plain_data_in()
    {
        var secret = _client.Create("/api/v1/namespaces/default/secrets", """{"metadata":{"name":"s"},"stringData":{"a":"foo"}}""");
        secret["data"]!["a"]!.GetValue<string>().ShouldBe("Zm9v");
        secret["stringData"].ShouldBeNull();
        secret["type"]!.GetValue<string>().ShouldBe("Opaque");
    }

    [Fact]
    public void Events_of_either_group_are_one_and_the_same()
    {
        _client.Create("/apis/events.k8s.io/v1/namespaces/default/events",
            """{"metadata":{"name":"e"},"eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"c","reportingInstance":"i","action":"Act","reason":"Because","type":"Normal","note":"hello","regarding":{"kind":"Pod","name":"p","namespace":"default"}}""");
        var core = _client.Get("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dp")["items"]![0]!;
        core["message"]!.GetValue<string>().ShouldBe("hello");
        core["reportingComponent"]!.GetValue<string>().ShouldBe("c");
        _client.Refusal(422, "POST", "/apis/events.k8s.io/v1/namespaces/default/events", """{"metadata":{"name":"f"},"regarding":{"namespace":"default"}}""")
            .ShouldContain("eventTime: Required value");
    }

    [Fact]
    public void Nothing_new_comes_into_a_namespace_that_is_going()
    {
        _client.Create("/api/v1/namespaces", """{"metadata":{"name":"n"}}""");
        _client.Create("/api/v1/namespaces/n/configmaps", """{"metadata":{"name":"c"}}""");
        _client.Delete("/api/v1/namespaces/n")["status"]!["phase"]!.GetValue<string>().ShouldBe("Terminating");
        _client.Refusal(403, "POST", "/api/v1/namespaces/n/configmaps", """{"metadata":{"name":"d"}}""")
            .ShouldBe("configmaps \"d\" is forbidden: unable to create new content in namespace n because it is being terminated");
        _client.Send("DELETE", "/api/v1/namespaces/n/configmaps/c").StatusCode.ShouldBe(200);
        SandboxClient.Read(_client.Send("PUT", "/api/v1/namespaces/n/finalize", """{"metadata":{"name":"n"},"spec":{"finalizers":[]}}"""), 200);
        _client.Send("GET", "/api/v1/namespaces/n").StatusCode.ShouldBe(404);
        _client.Refusal(404, "POST", "/api/v1/namespaces/n/configmaps", """{"metadata":{"name":"d"}}""").ShouldBe("namespaces \"n\" not found");
    }

    private static string ReplicaSet(string podSpec) =>
        """{"metadata":{"name":"r"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":POD}}}""".Replace("POD", podSpec, StringComparison.Ordinal);

    private static string Job(string podSpec) => """{"metadata":{"name":"j"},"spec":{"template":{"spec":POD}}}""".Replace("POD", podSpec, StringComparison.Ordinal);
}
