using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.Tests.Schema;

public sealed class BuiltinSchemasTests
{
    [Theory]
    [InlineData("", "v1", "Pod Service ConfigMap Secret Namespace Event ServiceAccount Node Endpoints PersistentVolumeClaim ReplicationController LimitRange ResourceQuota")]
    [InlineData("apps", "v1", "Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision")]
    [InlineData("batch", "v1", "Job CronJob")]
    [InlineData("coordination.k8s.io", "v1", "Lease")]
    [InlineData("events.k8s.io", "v1", "Event")]
    [InlineData("discovery.k8s.io", "v1", "EndpointSlice")]
    [InlineData("networking.k8s.io", "v1", "Ingress IngressClass NetworkPolicy")]
    [InlineData("policy", "v1", "PodDisruptionBudget")]
    [InlineData("autoscaling", "v2", "HorizontalPodAutoscaler")]
    [InlineData("autoscaling", "v1", "Scale")]
    [InlineData("rbac.authorization.k8s.io", "v1", "Role ClusterRole RoleBinding ClusterRoleBinding")]
    [InlineData("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding")]
    [InlineData("scheduling.k8s.io", "v1", "PriorityClass")]
    [InlineData("apiextensions.k8s.io", "v1", "CustomResourceDefinition")]
    public void Built_in_kinds_are_known(string group, string version, string kinds)
    {
        foreach (var kind in kinds.Split(' '))
        {
            var schema = BuiltinSchemas.Find(group, version, kind).ShouldNotBeNull(kind);
            schema.Properties.ShouldContainKey("metadata", kind);
            schema.IsResource.ShouldBeTrue(kind);
        }
    }

    [Fact]
    public void Other_kinds_are_not() => BuiltinSchemas.Find("apps", "v1", "Widget").ShouldBeNull();

    [Fact]
    public void Containers_merge_by_name_and_ports_are_told_apart_by_number_and_protocol()
    {
        var containers = BuiltinSchemas.Find("", "v1", "Pod")!.Properties["spec"].Properties["containers"];

        containers.PatchMergeKey.ShouldBe("name");
        containers.PatchStrategies.ShouldBe(["merge"]);
        containers.ListType.ShouldBe(ListType.Map);
        containers.Items!.Properties["ports"].ListMapKeys.ShouldBe(["containerPort", "protocol"]);
        containers.Items.Properties["ports"].Items!.Properties["protocol"].Default!.GetValue<string>().ShouldBe("TCP");
    }

    [Fact]
    public void A_schema_that_contains_itself_is_walked_along_a_value()
    {
        var definition = JsonNode.Parse(
            """
            {"spec":{"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
             "properties":{"size":{"type":"string","unheardOf":1}}}}}}}]}}
            """)!;

        BuiltinSchemas.Find("apiextensions.k8s.io", "v1", "CustomResourceDefinition")!.Prune(definition)
            .ShouldBe(["spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.size.unheardOf"]);
    }

    [Fact]
    public void Unknown_fields_are_pruned_and_named_also_in_metadata()
    {
        var pod = JsonNode.Parse("""{"metadata":{"name":"x","colour":"red"},"spec":{"containers":[{"name":"a","imagee":"b"}]},"extra":{}}""")!;

        BuiltinSchemas.Find("", "v1", "Pod")!.Prune(pod).ShouldBe(["metadata.colour", "spec.containers[0].imagee", "extra"]);
        pod.ToJsonString().ShouldBe("""{"metadata":{"name":"x"},"spec":{"containers":[{"name":"a"}]}}""");
    }

    [Theory]
    [InlineData("\"500m\"")]
    [InlineData("0.5")]
    [InlineData("2")]
    public void A_quantity_is_a_string_or_any_number(string cpu)
    {
        var pod = JsonNode.Parse("""{"metadata":{},"spec":{"containers":[{"name":"a","resources":{"limits":{}}}]}}""")!;
        pod["spec"]!["containers"]![0]!["resources"]!["limits"]!["cpu"] = JsonNode.Parse(cpu);

        BuiltinSchemas.Find("", "v1", "Pod")!.Validate(pod, old: null).ShouldBeEmpty();
    }

    [Fact]
    public void A_value_of_the_wrong_type_is_named()
    {
        var pod = JsonNode.Parse("""{"metadata":{},"spec":{"containers":[{"name":"a","ports":[{"containerPort":"http"}]}]}}""")!;

        BuiltinSchemas.Find("", "v1", "Pod")!.Validate(pod, old: null).ShouldHaveSingleItem()
            .ShouldBe(FieldError.TypeInvalid(
                "spec.containers[0].ports[0].containerPort", "\"string\"", "spec.containers[0].ports[0].containerPort in body must be of type integer: \"string\""));
    }

    [Fact]
    public void The_facts_stay_small()
    {
        using var stream = typeof(BuiltinSchemas).Assembly.GetManifestResourceStream("builtin-schemas.json");
        stream.ShouldNotBeNull().Length.ShouldBeLessThan(300_000);
    }
}
