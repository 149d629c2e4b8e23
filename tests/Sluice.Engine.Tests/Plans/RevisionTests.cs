using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Tests.Plans;

public sealed class RevisionTests
{
    /// <summary>As another version of the operator could have stored it: other order, nulls, empty maps and defaults written out, another name for the same revision.</summary>
    private const string Stored = """
        {
          "metadata": {"name": "payments-3", "namespace": "shop"},
          "spec": {
            "number": 3, "rollout": "payments", "revision": "0000000000",
            "migration": {"lock": "other", "lockTimeout": "1h", "cancelPolicy": "Wait", "annotations": null,
              "expand": {"timeout": "1h", "retries": 5, "idempotent": true, "args": [], "verify": ["./check"], "command": ["./migrate", "up"]}},
            "strategy": {"canary": {"steps": []}},
            "template": {
              "spec": {"volumes": null, "containers": [{"env": [{"value": "fast", "name": "MODE"}], "image": "registry.example.com/payments:v1", "name": "app", "resources": null}]},
              "metadata": {"annotations": {}, "labels": {"app": "payments"}}
            }
          },
          "status": {"outcome": "Promoted"}
        }
        """;

    [Fact]
    public void A_Release_that_nests_without_end_is_no_revision_that_could_be_asked_for()
    {
        var rollout = Given.Rollout();
        var strange = Given.Release(rollout, 1, "0000000000");

        var decision = RolloutEngine.Decide(Given.Snapshot(rollout, releases: [strange with { Spec = strange.Spec with { Template = Given.Template(levels: 5_000) } }]), Given.Now);

        decision.ShouldBeOfType<Decision.Transition>();
    }

    // A name is stored in the names of ReplicaSets and Jobs: another way of hashing would be seen here.
    [Fact]
    public void Names_do_not_change_from_version_to_version()
    {
        var source = PlanSource.Of(Given.Rollout());

        Revision.Of(source).Name.ShouldBe("f86a733c14");
        MigrationCommand.From(source.Migration!, source.Migration!.Expand, source.Template).Hash.ShouldBe("86b2905e3f");
    }

    /// <summary>People write it into Decisions by hand, mostly without quotes: 1234567890 and 12e4567890 would be numbers there.</summary>
    [Fact]
    public void A_name_is_never_what_YAML_reads_as_a_number() => Enumerable.Range(0, 200)
        .Select(n => Of(Given.Rollout("""{"template": {"metadata": {"annotations": {"build": "N"}}}}""".Replace("N", $"{n}", StringComparison.Ordinal))).Name)
        .ShouldAllBe(name => name.Length == 10 && name.All(char.IsAsciiHexDigitLower) && name.Any(digit => char.IsAsciiLetterLower(digit) && digit != 'e'));

    [Fact]
    public void What_another_version_has_stored_is_the_same_revision_and_keeps_its_name()
    {
        var rollout = Given.Rollout();
        var stored = JsonSerializer.Deserialize(Stored, ApiJsonContext.Default.Release)!;
        var known = rollout with { Status = new RolloutStatus { Stable = new StableStatus { Revision = "0000000000" } } };

        Revision.Of(PlanSource.Of(rollout)).IsSameAs(Revision.Of(PlanSource.Of(stored, rollout))).ShouldBeTrue();
        var decision = RolloutEngine.Decide(Given.Snapshot(known, [Given.Set("0000000000", 10)], [stored]), Given.Now).ShouldBeOfType<Decision.Act>();
        decision.Effects.ShouldBeEmpty();
        decision.Status.Phase.ShouldBe(Phase.Healthy);
        decision.Status.Revision.ShouldBe("0000000000");
    }

    [Theory]
    [InlineData("""{"template": {"metadata": {"labels": {"tier": "web"}}}}""")]
    [InlineData("""{"template": {"metadata": {"annotations": {"a": "b"}}}}""")]
    [InlineData("""{"template": {"spec": {"nodeName": "n"}}}""")]
    [InlineData("""{"migration": null}""")]
    [InlineData("""{"migration": {"image": "other"}}""")]
    [InlineData("""{"migration": {"expand": {"command": ["./migrate"]}}}""")]
    [InlineData("""{"migration": {"env": [{"name": "A", "value": "b"}]}}""")]
    [InlineData("""{"migration": {"envFrom": [{"secretRef": {"name": "db"}}]}}""")]
    public void The_template_and_what_a_migration_runs_make_a_revision(string patch) => IsAnother(patch).ShouldBeTrue();

    [Theory]
    [InlineData("""{"replicas": 3, "minReadySeconds": 9, "paused": true}""")]
    [InlineData("""{"strategy": {"canary": {"maxSurge": 1, "steps": []}}}""")]
    [InlineData("""{"analysis": null, "soak": {"duration": "1h"}}""")]
    [InlineData("""{"migration": {"lock": "db", "lockTimeout": "1m", "serviceAccountName": "x", "cancelPolicy": "Terminate"}}""")]
    [InlineData("""{"migration": {"expand": {"timeout": "1h", "retries": 3, "idempotent": true, "logTail": false}}}""")]
    [InlineData("""{"template": {"metadata": {"annotations": {}}}}""")]
    public void Timeouts_locks_policies_and_the_plan_do_not(string patch) => IsAnother(patch).ShouldBeFalse();

    [Theory]
    [InlineData("""{"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}""", """{"resources": {"limits": {"cpu": "1000m", "memory": "1073741824"}, "requests": {"cpu": 1, "memory": "1024Mi"}}}""")]
    [InlineData("""{"ports": [{"containerPort": 8080}]}""", """{"ports": [{"containerPort": 8080, "protocol": "TCP"}]}""")]
    [InlineData("""{"readinessProbe": {"httpGet": {"port": 8080}}}""", """{"readinessProbe": {"httpGet": {"port": 8080, "path": "/", "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 1}}""")]
    [InlineData("{}", """{"imagePullPolicy": "IfNotPresent", "terminationMessagePolicy": "File", "args": [], "resources": {"limits": {}}, "tty": false}""")]
    [InlineData("""{"env": [{"name": "A"}]}""", """{"env": [{"name": "A", "value": ""}]}""")]
    [InlineData("""{"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]}""", """{"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName", "apiVersion": "v1"}}}]}""")]
    [InlineData("""{"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]}""", """{"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": 1}}}]}""")]
    public void A_container_in_other_words_is_the_same_one(string container, string other) =>
        Of(Container(container)).IsSameAs(Of(Container(other))).ShouldBeTrue();

    [Theory]
    [InlineData("""{"resources": {"limits": {"cpu": "1"}}}""", """{"resources": {"limits": {"cpu": "1001m"}}}""")]
    [InlineData("""{"resources": {"limits": {"cpu": "1"}}}""", """{"resources": {"requests": {"cpu": "1"}}}""")]
    [InlineData("""{"resources": {"limits": {"memory": "1G"}}}""", """{"resources": {"limits": {"memory": "1Gi"}}}""")]
    [InlineData("""{"resources": {"limits": {"memory": "much"}}}""", """{"resources": {"limits": {"memory": "more"}}}""")]
    [InlineData("{}", """{"imagePullPolicy": "Always"}""")]
    [InlineData("{}", """{"securityContext": {"runAsNonRoot": false}}""")]
    [InlineData("{}", """{"tty": true}""")]
    [InlineData("{}", """{"args": [""]}""")]
    [InlineData("""{"ports": [{"containerPort": 53}]}""", """{"ports": [{"containerPort": 53, "protocol": "UDP"}]}""")]
    public void One_that_means_something_else_is_another(string container, string other) =>
        Of(Container(container)).IsSameAs(Of(Container(other))).ShouldBeFalse();

    [Theory]
    [InlineData("""{"restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "securityContext": {}}""", true)]
    [InlineData("""{"enableServiceLinks": true, "hostNetwork": false, "nodeSelector": {}, "tolerations": []}""", true)]
    [InlineData("""{"enableServiceLinks": false}""", false)]
    [InlineData("""{"terminationGracePeriodSeconds": 0}""", false)]
    [InlineData("""{"automountServiceAccountToken": false}""", false)]
    [InlineData("""{"nodeSelector": {"disk": "ssd"}}""", false)]
    public void So_it_is_with_the_pod(string patch, bool isSame) =>
        Of(Given.Rollout()).IsSameAs(Of(Given.Rollout($$$"""{"template": {"spec": {{{patch}}}}}"""))).ShouldBe(isSame);

    [Theory]
    [InlineData("""{"configMap": {"name": "c"}}""", """{"configMap": {"name": "c", "defaultMode": 420}}""", true)]
    [InlineData("""{"configMap": {"name": "c"}}""", """{"configMap": {"name": "c", "defaultMode": 292}}""", false)]
    [InlineData("{}", """{"emptyDir": {}}""", true)]
    [InlineData("""{"emptyDir": {"sizeLimit": "1Gi"}}""", """{"emptyDir": {"sizeLimit": "1024Mi"}}""", true)]
    [InlineData("""{"emptyDir": {"sizeLimit": "1Gi"}}""", """{"emptyDir": {}}""", false)]
    [InlineData("""{"persistentVolumeClaim": {"claimName": "c"}}""", """{"persistentVolumeClaim": {"claimName": "c", "readOnly": false}}""", true)]
    [InlineData("""{"persistentVolumeClaim": {"claimName": "c"}}""", """{"persistentVolumeClaim": {"claimName": "c", "readOnly": true}}""", false)]
    [InlineData("""{"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}""", """{"projected": {"sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}]}}""", true)]
    public void And_with_its_volumes(string volume, string other, bool isSame) => Of(Volume(volume)).IsSameAs(Of(Volume(other))).ShouldBe(isSame);

    [Fact]
    public void The_same_template_in_other_words_keeps_the_name_under_which_it_was_released()
    {
        var released = Container("""{"resources": {"limits": {"cpu": "1"}}}""");
        var reworded = Container("""{"resources": {"limits": {"cpu": "1000m"}}}""") with { Status = new RolloutStatus { Stable = new StableStatus { Revision = "0000000000" } } };

        var snapshot = Given.Snapshot(reworded, [Given.Set("0000000000", 10)], [Given.Release(released, 1, "0000000000")]);
        var decision = RolloutEngine.Decide(snapshot, Given.Now).ShouldBeOfType<Decision.Act>();

        decision.Effects.ShouldBeEmpty();
        decision.Status.Phase.ShouldBe(Phase.Healthy);
        decision.Status.Revision.ShouldBe("0000000000");
    }

    private static Rollout Container(string fields)
    {
        var container = JsonNode.Parse(fields)!.AsObject();
        container["name"] = "app";
        container["image"] = "registry.example.com/payments:v1";
        return Given.Rollout(new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = new JsonArray(container) } } }.ToJsonString());
    }

    private static Rollout Volume(string fields)
    {
        var volume = JsonNode.Parse(fields)!.AsObject();
        volume["name"] = "v";
        return Given.Rollout(new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["volumes"] = new JsonArray(volume) } } }.ToJsonString());
    }

    private static Revision Of(Rollout rollout) => Revision.Of(PlanSource.Of(rollout));

    private static bool IsAnother(string patch)
    {
        var (one, other) = (Revision.Of(PlanSource.Of(Given.Rollout())), Revision.Of(PlanSource.Of(Given.Rollout(patch))));
        one.IsSameAs(other).ShouldBe(one.Name == other.Name);
        return !one.IsSameAs(other);
    }
}
