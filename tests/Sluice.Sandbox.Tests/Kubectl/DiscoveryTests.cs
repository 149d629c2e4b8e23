namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class DiscoveryTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Resources_and_versions_are_listed(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("api-resources --api-group sluice.dev")).ShouldMatch(
            @"^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND\n(.*\n)*migrations +sluice.dev/v1alpha1 +true +Migration\n(.*\n)*rollouts +slro +sluice.dev/v1alpha1 +true +Rollout\n");
        (await user.RunAsync("api-resources --namespaced=false -o name")).ShouldContain("customresourcedefinitions.apiextensions.k8s.io\n");
        (await user.RunAsync("api-resources --verbs=list,watch --api-group apps --sort-by name -o wide")).ShouldMatch(
            @"deployments +deploy +apps/v1 +true +Deployment +create,delete,deletecollection,get,list,patch,update,watch +all\n");
        (await user.RunAsync("api-resources --categories=all -o name")).ShouldContain("replicasets.apps\n");
        var versions = (await user.RunAsync("api-versions")).Split('\n');
        versions.ShouldContain("apps/v1");
        versions.ShouldContain("sluice.dev/v1alpha1");
        versions.ShouldContain("v1");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Fields_are_explained(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("explain rollout.spec.strategy")).ShouldMatch(@"GROUP: +sluice.dev\nKIND: +Rollout\nVERSION: +v1alpha1\n\nFIELD: strategy <Object>\n+DESCRIPTION:\n    How a new revision replaces the old one.\n");
        (await user.RunAsync("explain slro.spec.strategy.canary --recursive")).ShouldMatch(@"FIELDS:\n(.*\n)*  steps\t<\[\]Object>\n(.*\n)*    setWeight\t<integer>\n");
        (await user.RunAsync("explain rollout --api-version=sluice.dev/v1alpha1")).ShouldContain("  spec\t<Object> -required-\n");
        (await user.RunAsync("explain deployment.spec.strategy --recursive")).ShouldMatch(@"FIELD: strategy <DeploymentStrategy>\n(.*\n)*  rollingUpdate\t<RollingUpdateDeployment>\n    maxSurge\t<IntOrString>\n    maxUnavailable\t<IntOrString>\n  type\t<string>\n");
        (await user.RunAsync("explain deployment.spec.strategy --recursive --output plaintext-openapiv2")).ShouldMatch(
            @"KIND: +Deployment\nVERSION: +apps/v1\n\nRESOURCE: strategy <Object>\n(.*\n)*FIELDS:\n   rollingUpdate\t<Object>\n      maxSurge\t<string>\n      maxUnavailable\t<string>\n   type\t<string>\n");
        (await user.RunAsync("explain rollout.spec --output plaintext-openapiv2")).ShouldMatch(@"RESOURCE: spec <Object>\n(.*\n)*   strategy\t<Object> -required-\n     How a new revision replaces the old one\.");
        (await user.FailAsync("explain rollout.spec.nosuch")).ShouldContain("error: field \"nosuch\" does not exist\n");
        (await user.FailAsync("explain nosuch")).ShouldContain("the server doesn't have a resource type \"nosuch\"");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Identity_and_access_are_answered(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("auth whoami")).ShouldMatch(@"ATTRIBUTE +VALUE\nUsername +sandbox-admin\nGroups +\[system:masters system:authenticated\]\n");
        (await user.RunAsync("auth whoami --as alice --as-group sre -o jsonpath='{.status.userInfo.username} {.status.userInfo.groups[0]}'")).ShouldBe("alice sre");
        (await user.RunAsync("auth can-i create pods")).ShouldBe("yes\n");
        (await user.RunAsync("auth can-i get pods --subresource=log")).ShouldBe("yes\n");
        (await user.RunAsync("auth can-i get /healthz")).ShouldBe("yes\n");
        (await user.RunAsync("auth can-i --list")).ShouldMatch(@"Resources +Non-Resource URLs +Resource Names +Verbs\n\*\.\* +\[\] +\[\] +\[\*\]\n");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_context_can_be_made_and_used(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.ConfigMap("cm", "1"));
        var file = user.File(await user.RunAsync("config view --raw"));

        (await user.RunAsync($"--kubeconfig {file} config set-context mine --cluster=sandbox --user=sandbox --namespace={user.Namespace}")).ShouldBe("Context \"mine\" created.\n");
        (await user.RunAsync($"--kubeconfig {file} config use-context mine")).ShouldBe("Switched to context \"mine\".\n");

        (await user.RunAsync($"--kubeconfig {file} config current-context")).ShouldBe("mine\n");
        (await user.RunAsync($"--kubeconfig {file} config get-contexts -o name")).ShouldBe("mine\nsandbox\n");
        (await user.RunAsync($"--kubeconfig {file} get cm -o name")).ShouldBe("configmap/cm\n");
        (await user.FailAsync($"--kubeconfig {file} --context nosuch get cm")).ShouldContain("context \"nosuch\" does not exist");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_resource_comes_and_goes_with_its_definition(string version)
    {
        var user = await clusters.UserAsync(version);
        var definition = user.File("""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.battery.dev}
            spec:
              group: battery.dev
              scope: Namespaced
              names: {plural: gadgets, singular: gadget, kind: Gadget, shortNames: [gd], categories: [all]}
              versions:
              - name: v1
                served: true
                storage: true
                additionalPrinterColumns: [{name: Size, type: string, jsonPath: .spec.size}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec: {type: object, properties: {size: {type: string, enum: [S, M], default: M}}}
            """);
        await user.RunAsync($"apply -f {definition}");
        (await user.RunAsync("wait crd/gadgets.battery.dev --for condition=Established --timeout 100s")).ShouldBe("customresourcedefinition.apiextensions.k8s.io/gadgets.battery.dev condition met\n");
        (await user.RunAsync("apply -f -", """{"apiVersion":"battery.dev/v1","kind":"Gadget","metadata":{"name":"g"},"spec":{}}""")).ShouldBe("gadget.battery.dev/g created\n");
        (await user.RunAsync("get gd")).ShouldBe("NAME   SIZE\ng      M\n");
        (await user.FailAsync("apply -f -", """{"apiVersion":"battery.dev/v1","kind":"Gadget","metadata":{"name":"h"},"spec":{"size":"XXL"}}"""))
            .ShouldBe("The Gadget \"h\" is invalid: spec.size: Unsupported value: \"XXL\": supported values: \"S\", \"M\"\n");
        (await user.RunAsync("explain gadget.spec.size")).ShouldContain("FIELD: size <string>");
        (await user.RunAsync("get crd gadgets.battery.dev")).ShouldMatch(@"NAME +CREATED AT\ngadgets.battery.dev +\d{4}-");

        (await user.RunAsync($"delete -f {definition}")).ShouldContain("customresourcedefinition.apiextensions.k8s.io \"gadgets.battery.dev\" deleted");

        (await user.FailAsync("get gadgets.battery.dev")).ShouldContain("the server doesn't have a resource type \"gadgets\"");
    }
}
