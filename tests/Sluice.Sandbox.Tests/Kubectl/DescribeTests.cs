namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class DescribeTests(KubectlClusters clusters)
{
    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Deployments_and_their_pods_tell_their_story(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Deployment("web", replicas: 1));
        await user.RunAsync("wait deploy/web --for condition=Available --timeout 100s");

        var deployment = await user.RunAsync("describe deploy web");
        deployment.ShouldContain("Replicas:               1 desired | 1 updated | 1 total | 1 available | 0 unavailable\n");
        deployment.ShouldMatch(@"Conditions:\n  Type +Status +Reason\n  ---- +------ +------\n  Available +True +MinimumReplicasAvailable\n");
        deployment.ShouldMatch(@"NewReplicaSet: +web-\S+ \(1/1 replicas created\)\nEvents:\n");
        var pod = await user.RunAsync("describe pod -l app=web");
        pod.ShouldMatch(@"IP: +10\.244\.\d+\.\d+\nIPs:\n  IP: +10\.244\.\d+\.\d+\nControlled By: +ReplicaSet/web-");
        pod.ShouldMatch(@"Events:\n  Type +Reason +Age +From +Message\n  ---- +------ +---- +---- +-------\n  Normal +Scheduled ");
        (await user.RunAsync("describe rs -l app=web")).ShouldContain("1 current / 1 desired");
        (await user.RunAsync($"describe namespace {user.Namespace}")).ShouldContain("Status:       Active\n");
        (await user.RunAsync("describe node sandbox-node")).ShouldMatch("Non-terminated Pods:  ");
        (await user.FailAsync("describe deploy nosuch")).ShouldBe("Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task A_job_tells_how_it_ended(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Job("once"));
        await user.RunAsync("wait job/once --for condition=Complete --timeout 100s");

        var job = await user.RunAsync("describe job once");

        job.ShouldMatch("Pods Statuses: +0 Active( \\(0 Ready\\))? / 1 Succeeded / 0 Failed\n");
        job.ShouldMatch("Normal +SuccessfulCreate +.*Created pod: once-");
        job.ShouldMatch("Normal +Completed +.*Job completed");
        (await user.RunAsync("get job once")).ShouldMatch(@"COMPLETIONS +DURATION +AGE\nonce +(Complete +)?1/1 +\d+s +\d+s\n$");
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task Custom_resources_are_described_with_their_fields_and_events(string version)
    {
        var user = await clusters.UserAsync(version);
        await user.RunAsync("apply -f -", Manifests.Rollout("pay"));
        var uid = user.Find("rollouts.sluice.dev", "pay")!["metadata"]!["uid"]!.GetValue<string>();
        user.Create($"/apis/events.k8s.io/v1/namespaces/{user.Namespace}/events", $$"""
            {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"pay.1"},"eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"c","reportingInstance":"i",
             "action":"Act","reason":"Because","type":"Normal","note":"it said hello",
             "regarding":{"apiVersion":"sluice.dev/v1alpha1","kind":"Rollout","name":"pay","namespace":"{{user.Namespace}}","uid":"{{uid}}"} }
            """);
        await user.RunAsync("apply -f -", $"""
            apiVersion: sluice.dev/v1alpha1
            kind: Release
            metadata:
              name: pay-1
              ownerReferences:
              - apiVersion: sluice.dev/v1alpha1
                kind: Rollout
                name: pay
                uid: {uid}
            spec:
              rollout: pay
              number: 1
              revision: abcdef0123
              strategy:
                canary:
                  steps: []
              template:
                spec:
                  containers: []
            """);

        (await user.RunAsync("describe rollout pay")).ShouldMatch(@"(?s)Kind: +Rollout\n.*Spec:\n.*Strategy:\n    Canary:\n.*Set Weight:  20\n.*Events:.*Because +\S+ +c.* +it said hello");
        (await user.RunAsync("describe release pay-1")).ShouldMatch(@"Owner References:\n    API Version: +sluice.dev/v1alpha1\n(.*\n)*    Name: +pay\n");
        (await user.RunAsync("events --for rollout/pay")).ShouldMatch(@"LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n.*Normal +Because +Rollout/pay +it said hello");
        (await user.RunAsync("get events --field-selector involvedObject.name=pay")).ShouldMatch(@"LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\S+ +Normal +Because +rollout/pay +it said hello");
        (await user.TryAsync("events --types=Warning")).Everything.ShouldContain("No events found");
    }
}
