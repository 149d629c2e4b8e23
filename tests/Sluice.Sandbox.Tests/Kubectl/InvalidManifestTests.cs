namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class InvalidManifestTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Unknown_fields_are_refused_warned_of_or_ignored(string version)
    {
        var user = await clusters.UserAsync(version);
        var deployment = user.File(Manifests.Deployment("web", replicas: 0).Replace("  replicas: 0", "  foo: 1\n  bar: 2\n  replicas: 0", StringComparison.Ordinal));
        var rollout = user.File(Manifests.Rollout("pay").Replace("replicas:", "replicaz:", StringComparison.Ordinal));

        (await user.FailAsync($"apply -f {deployment}")).ShouldBe(
            $"Error from server (BadRequest): error when creating \"{deployment}\": Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field \"spec.bar\", unknown field \"spec.foo\"\n");
        (await user.FailAsync($"create -f {rollout}")).ShouldBe(
            $"Error from server (BadRequest): error when creating \"{rollout}\": Rollout in version \"v1alpha1\" cannot be handled as a Rollout: strict decoding error: unknown field \"spec.replicaz\"\n");
        user.Find("deployments.apps", "web").ShouldBeNull();
        var warned = await user.TryAsync($"apply --validate=warn -f {deployment}");
        warned.Output.ShouldBe("deployment.apps/web created\n");
        warned.Error.ShouldBe("Warning: unknown field \"spec.bar\"\nWarning: unknown field \"spec.foo\"\n");
        var ignored = await user.TryAsync($"apply --validate=ignore -f {rollout}");
        (ignored.Output, ignored.Error).ShouldBe(("rollout.sluice.dev/pay created\n", ""));
        user.Find("rollouts.sluice.dev", "pay")!["spec"]!["replicaz"].ShouldBeNull();
        (await user.FailAsync($"apply -f {deployment}")).ShouldContain("strict decoding error: unknown field \"spec.bar\", unknown field \"spec.foo\"");
        (await user.FailAsync($"apply --server-side -f {deployment}")).ShouldMatch("field not declared in schema");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Wrong_types_and_values_are_refused_with_their_place(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.FailAsync("apply -f -", Manifests.Deployment("web").Replace("replicas: 2", "replicas: two", StringComparison.Ordinal)))
            .ShouldContain("Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32");
        (await user.FailAsync("apply -f -", Manifests.Deployment("web").Replace("name: side", "name: main", StringComparison.Ordinal)))
            .ShouldContain("spec.template.spec.containers[1].name: Duplicate value: \"main\"");
        var typed = await user.FailAsync("apply -f -", Manifests.Rollout("pay").Replace("replicas: 3", "replicas: three\n  paused: 7", StringComparison.Ordinal));
        typed.ShouldStartWith("The Rollout \"pay\" is invalid: \n");
        typed.ShouldContain("* spec.replicas: Invalid value: \"string\": spec.replicas in body must be of type integer: \"string\"\n");
        typed.ShouldContain("* spec.paused: Invalid value: \"integer\": spec.paused in body must be of type boolean: \"integer\"\n");
        (await user.FailAsync("apply -f -", Manifests.Rollout("pay").Replace("replicas: 3", "replicas: -3", StringComparison.Ordinal)))
            .ShouldContain("spec.replicas: Invalid value: -3: spec.replicas in body should be greater than or equal to 0");
        (await user.FailAsync("apply -f -", Manifests.ConfigMap("Bad_Name", "1"))).ShouldContain("metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist of");
        user.List("rollouts.sluice.dev").ShouldBeEmpty();
        user.List("deployments.apps").ShouldBeEmpty();
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task The_good_documents_beside_bad_ones_are_applied(string version)
    {
        var user = await clusters.UserAsync(version);
        var bad = Manifests.Rollout("bad").Replace("replicas:", "replicaz:", StringComparison.Ordinal);
        var worse = Manifests.Deployment("worse").Replace("image: \"web:1\"", "image: 5", StringComparison.Ordinal);

        var result = await user.TryAsync("apply -f -", bad + "---\n" + Manifests.ConfigMap("good", "1") + "---\n" + worse);

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBe("configmap/good created\n");
        result.Error.ShouldContain("unknown field \"spec.replicaz\"");
        result.Error.ShouldContain("cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string");
        (await user.FailAsync("apply -f -", "kind: ConfigMap\nmetadata: {name: x}\n")).ShouldContain("apiVersion not set");
        (await user.FailAsync("apply -f -", "apiVersion: nosuch.dev/v1\nkind: Nothing\nmetadata: {name: x}\n")).ShouldContain("no matches for kind \"Nothing\" in version \"nosuch.dev/v1\"");
        (await user.FailAsync("apply -f -", "apiVersion: v1\nkind: ConfigMap\n  metadata: {name: x}\n")).ShouldContain("error converting YAML to JSON");
    }
}
