using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class GetTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task An_object_is_shown_in_every_form(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("forms", replicas: 0));

        (await user.RunAsync("get deploy forms")).ShouldMatch(@"^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nforms +0/0 +0 +0 +\d+s\n$");
        (await user.RunAsync("get deploy forms -o wide")).ShouldMatch("AGE +CONTAINERS +IMAGES +SELECTOR\nforms .* main,side +web:1,side:1 +app=forms\n$");
        (await user.RunAsync("get deploy forms -o name")).ShouldBe("deployment.apps/forms\n");
        (await user.RunAsync("get deploy forms -o yaml")).ShouldContain("  progressDeadlineSeconds: 600\n");
        (await user.RunAsync("get deploy forms -o yaml")).ShouldNotContain("managedFields");
        (await user.RunAsync("get deploy forms -o yaml --show-managed-fields")).ShouldContain("manager: kubectl-client-side-apply");
        JsonNode.Parse(await user.RunAsync("get deploy forms -o json"))!["spec"]!["strategy"]!["type"]!.GetValue<string>().ShouldBe("RollingUpdate");
        (await user.RunAsync("get deploy forms -o jsonpath='{.spec.template.spec.containers[*].image}'")).ShouldBe("web:1 side:1");
        (await user.RunAsync("get deploy forms -o go-template='{{.metadata.name}}'")).ShouldBe("forms");
        (await user.RunAsync("get deploy forms -o custom-columns=N:.metadata.name,R:.spec.replicas")).ShouldMatch(@"^N +R\nforms +0\n$");
        (await user.RunAsync("get deploy --show-labels --no-headers")).ShouldMatch(@"^forms +0/0 +0 +0 +\d+s +app=forms\n$");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Lists_are_sorted_paged_selected_and_joined(string version)
    {
        var user = await clusters.UserAsync(version);
        var file = user.File(Manifests.ConfigMap("a", "3", "tier: web") + "---\n" + Manifests.ConfigMap("b", "2", "tier: web, old: '1'") + "---\n" + Manifests.ConfigMap("c", "1", "tier: db"));
        await user.RunAsync($"apply -f {file}");

        (await user.RunAsync("get cm -o name --sort-by=.data.k")).ShouldBe("configmap/c\nconfigmap/b\nconfigmap/a\n");
        (await user.RunAsync("get cm --no-headers --chunk-size=1")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        (await user.RunAsync("get cm -o name -l tier=web,old!=1")).ShouldBe("configmap/a\n");
        (await user.RunAsync("get cm -o name -l 'tier in (web),old'")).ShouldBe("configmap/b\n");
        (await user.RunAsync("get cm -o name -l 'tier notin (web),!old'")).ShouldBe("configmap/c\n");
        (await user.RunAsync("get cm -L tier --field-selector metadata.name=c")).ShouldMatch(@"^NAME +DATA +AGE +TIER\nc +1 +\d+s +db\n$");
        (await user.RunAsync($"get -f {file} -o name")).ShouldBe("configmap/a\nconfigmap/b\nconfigmap/c\n");
        (await user.RunAsync("get cm/a cm/b -o jsonpath='{.items[*].data.k}'")).ShouldBe("3 2");
        (await user.RunAsync($"get cm -A --field-selector metadata.namespace={user.Namespace} --no-headers")).ShouldMatch($@"^{user.Namespace} +a +1 +\d+s\n{user.Namespace} +b");
        (await user.RunAsync("get cm,sa -l tier=db")).ShouldMatch(@"^NAME +DATA +AGE\nconfigmap/c +1 +\d+s\n$");
        (await user.RunAsync("get cm -o json"))["{\n    \"apiVersion\": \"v1\",\n    \"items\"".Length..].ShouldContain("\"kind\": \"List\"");
        (await user.FailAsync("get cm -l a=b=c")).ShouldContain("found '=', expected: ',' or 'end of string'");
        (await user.FailAsync("get cm --field-selector data.k=1")).ShouldContain("field label not supported: data.k");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task All_that_runs_is_shown_with_its_pods(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 1));
        await user.RunAsync("wait deploy/web --for condition=Available --timeout 100s");

        var all = await user.RunAsync("get all");

        all.ShouldMatch(@"NAME +READY +STATUS +RESTARTS +AGE\npod/web-\S+ +2/2 +Running +0 +\d+s\n\nNAME +READY +UP-TO-DATE +AVAILABLE +AGE\ndeployment.apps/web +1/1 +1 +1 +\d+s\n\n");
        all.ShouldMatch(@"NAME +DESIRED +CURRENT +READY +AGE\nreplicaset.apps/web-\S+ +1 +1 +1 +\d+s\n$");
        (await user.RunAsync("get pods --field-selector status.phase=Running -o wide")).ShouldMatch(
            @"AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nweb-\S+ +2/2 +Running +0 +\d+s +10\.244\.\d+\.\d+ +sandbox-node +<none> +<none>\n$");
        (await user.RunAsync("get pods --field-selector status.phase=Pending -o name")).ShouldBe("");
        (await user.RunAsync("get nodes")).ShouldMatch(@"NAME +STATUS +ROLES +AGE +VERSION\nsandbox-node +Ready +<none> +\S+ +v1\.\d+");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_watch_shows_what_happens_meanwhile(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.ConfigMap("watched", "1"));

        var lines = await user.FollowAsync(
            "get cm watched -w --output-watch-events --no-headers",
            async () =>
            {
                await user.RunAsync("label cm watched seen=yes");
                await user.RunAsync("delete cm watched --wait=false");
            },
            line => line.StartsWith("DELETED", StringComparison.Ordinal));

        lines.Count.ShouldBe(3);
        lines[0].ShouldMatch(@"^ADDED +watched +1 +\d+s$");
        lines[1].ShouldMatch(@"^MODIFIED +watched +1 +\d+s$");
        lines[2].ShouldMatch(@"^DELETED +watched +1 +\d+s$");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_watch_of_a_selection_follows_who_enters_and_leaves_it(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.ConfigMap("first", "1", "in: 'yes'"));
        await user.RunAsync("apply -f -", Manifests.ConfigMap("second", "1"));

        var lines = await user.FollowAsync(
            "get cm -l in=yes -w --output-watch-events --no-headers",
            async () =>
            {
                await user.RunAsync("label cm second in=yes");
                await user.RunAsync("label cm first in-");
            },
            line => line.StartsWith("DELETED", StringComparison.Ordinal));

        lines.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2])).ShouldBe(["ADDED first", "ADDED second", "DELETED first"]);
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_custom_resource_has_its_columns_short_names_and_subresources(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Rollout("pay"));
        user.SetStatus("sluice.dev/v1alpha1", "rollouts", "pay", """{"phase":"Healthy","replicas":3,"message":"all is well"}""");

        (await user.RunAsync("get slro")).ShouldMatch(@"^NAME +PHASE +STEP +WEIGHT +STABLE +CANARY +REVISION +AGE\npay +Healthy +.*\d+s\n$");
        (await user.RunAsync("get rollouts.sluice.dev -o wide")).ShouldContain("all is well");
        (await user.RunAsync("get rollouts.v1alpha1.sluice.dev/pay -o name")).ShouldBe("rollout.sluice.dev/pay\n");
        (await user.RunAsync("get rollout pay --subresource=scale")).ShouldMatch(@"^NAME +DESIRED +AVAILABLE +AGE\npay +3 +3 +\d+s\n$");
        (await user.RunAsync("get rollout pay --subresource=status -o jsonpath='{.status.phase}'")).ShouldBe("Healthy");
        (await user.RunAsync($"get --raw /apis/sluice.dev/v1alpha1/namespaces/{user.Namespace}/rollouts/pay/scale")).ShouldContain("\"kind\":\"Scale\"");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task What_is_not_there_is_said_to_be_missing(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.TryAsync("get cm")).Error.ShouldBe($"No resources found in {user.Namespace} namespace.\n");
        (await user.FailAsync("get cm nosuch")).ShouldBe("Error from server (NotFound): configmaps \"nosuch\" not found\n");
        (await user.RunAsync("get cm nosuch --ignore-not-found")).ShouldBe("");
        (await user.FailAsync("get rollout nosuch")).ShouldBe("Error from server (NotFound): rollouts.sluice.dev \"nosuch\" not found\n");
        (await user.FailAsync("get nosuch")).ShouldBe("error: the server doesn't have a resource type \"nosuch\"\n");
        (await user.FailAsync("get --raw /nosuch")).ShouldBe("Error from server (NotFound): the server could not find the requested resource\n");
        (await user.RunAsync("get --raw /readyz")).ShouldBe("ok");
    }
}
