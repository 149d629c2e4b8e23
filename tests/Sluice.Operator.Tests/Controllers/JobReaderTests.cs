using System.Text.Json;
using Sluice.Api;
using Sluice.Engine.Jobs;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Operator.Controllers.Jobs;

namespace Sluice.Operator.Tests.Controllers;

public sealed class JobReaderTests
{
    private static readonly JsonSerializerOptions Json = KubernetesJson.Options([ApiJsonContext.Default]);

    [Theory]
    [InlineData("""{"conditions": [{"type": "Complete", "status": "True"}]}""", JobEnd.Complete)]
    [InlineData("""{"conditions": [{"type": "SuccessCriteriaMet", "status": "True"}]}""", JobEnd.NotYet)]
    [InlineData("""{"conditions": [{"type": "FailureTarget", "status": "True"}]}""", JobEnd.NotYet)]
    [InlineData("""{"conditions": [{"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}]}""", JobEnd.Failed)]
    [InlineData("""{"conditions": [{"type": "Failed", "status": "False"}], "active": 1}""", JobEnd.NotYet)]
    [InlineData("{}", JobEnd.NotYet)]
    public void Only_its_final_conditions_end_a_Job(string status, JobEnd end) => Read(status, pod: null).End.ShouldBe(end);

    [Fact]
    public void A_Job_that_waits_for_its_pods_to_stop_before_it_has_failed_tells_since_when_and_why()
    {
        var failing = Read("""{"conditions": [{"type": "FailureTarget", "status": "True", "reason": "DeadlineExceeded", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}""", pod: null);

        (failing.FailingSince, failing.FailureReason).ShouldBe((new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "DeadlineExceeded"));
        Read("""{"conditions": [{"type": "FailureTarget", "status": "True"}, {"type": "Failed", "status": "True"}]}""", pod: null).FailingSince.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"phase": "Pending", "containerStatuses": [{"name": "migrate", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}""", true)]
    [InlineData("""{"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False"}]}""", true)]
    [InlineData("""{"phase": "Pending", "containerStatuses": [{"name": "migrate", "state": {"waiting": {}}, "lastState": {"terminated": {"exitCode": 1}}}]}""", false)]
    [InlineData("""{"phase": "Running", "containerStatuses": [{"name": "migrate", "state": {"running": {}}}]}""", false)]
    [InlineData("""{"phase": "Pending", "containerStatuses": [{"name": "istio-proxy", "state": {"waiting": {}}}, {"name": "migrate", "state": {"running": {}}}]}""", false)]
    [InlineData("""{"phase": "Failed", "containerStatuses": [{"name": "migrate", "state": {"terminated": {"exitCode": 1}}}]}""", false)]
    public void A_container_never_ran_only_where_that_is_certain(string pod, bool neverRan) => Read("{}", pod).NeverRan.ShouldBe(neverRan);

    [Theory]
    [InlineData("""{"containerStatuses": [{"name": "a-sidecar", "state": {"terminated": {"exitCode": 0}}}, {"name": "migrate", "state": {"terminated": {"exitCode": 3}}}]}""", 3)]
    [InlineData("""{"initContainerStatuses": [{"name": "wait", "state": {"terminated": {"exitCode": 2}}}], "containerStatuses": [{"name": "migrate", "state": {"waiting": {"reason": "PodInitializing"}}}]}""", 2)]
    [InlineData("""{"initContainerStatuses": [{"name": "wait", "state": {"terminated": {"exitCode": 0}}}], "containerStatuses": [{"name": "migrate", "state": {"terminated": {"exitCode": 0}}}]}""", 0)]
    public void The_container_that_failed_tells_how_a_pod_went(string pod, int exitCode) => Read("{}", pod).ExitCode.ShouldBe(exitCode);

    [Fact]
    public void Without_its_pod_nothing_is_certain() => Read("{}", pod: null).NeverRan.ShouldBeFalse();

    [Theory]
    [InlineData("""{"reason": "Evicted"}""")]
    [InlineData("""{"conditions": [{"type": "DisruptionTarget", "status": "True"}]}""")]
    public void A_pod_that_was_taken_away_is_told(string pod) => Read("{}", pod).WasDisrupted.ShouldBeTrue();

    [Theory]
    [InlineData(true, "the password is secret")]
    [InlineData(false, null)]
    public void What_the_container_wrote_at_its_end_is_kept_only_where_its_log_is(bool keepsText, string? message) =>
        Read("{}", """{"containerStatuses": [{"name": "migrate", "state": {"terminated": {"exitCode": 1, "reason": "Error", "message": "the password is secret"}}}]}""", keepsText)
            .PodMessage.ShouldBe(message);

    private static ObservedJob Read(string status, string? pod, bool keepsText = true) => JobReader.Read(
        JsonSerializer.Deserialize<V1Job>($$"""{"metadata": {"name": "j", "uid": "u"}, "status": {{status}}}""", Json)!,
        pod is null ? null : JsonSerializer.Deserialize<V1Pod>($$"""{"metadata": {"name": "p"}, "status": {{pod}}}""", Json),
        ownerUid: "m",
        keepsText);
}
