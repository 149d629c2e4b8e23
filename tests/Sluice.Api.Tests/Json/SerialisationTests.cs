using System.Text.Json;

namespace Sluice.Api.Tests.Json;

public sealed class SerialisationTests
{
    private const string Minimal = """
        {
          "apiVersion": "sluice.dev/v1alpha1", "kind": "Rollout", "metadata": {"name": "payments", "namespace": "shop"},
          "spec": {
            "replicas": 10,
            "template": {"metadata": {"labels": {"app": "payments"}}, "spec": {"containers": [{"name": "app", "image": "p:v2"}]}},
            "strategy": {"canary": {"steps": [{"setWeight": 10}, {"analysis": {"minDuration": "5m"}}, {"pause": {}}]}},
            "analysis": {"metrics": [{"name": "error-rate", "errorRate": {"counter": "http_requests_total", "errors": "code=~\"5..\"", "max": "1%"}}]}
          }
        }
        """;

    private static Rollout Read(string json) => JsonSerializer.Deserialize(json, ApiJsonContext.Default.Rollout)!;

    [Fact]
    public void A_packed_template_says_what_it_said_before_and_can_be_given_another_spec()
    {
        var template = Read(Minimal).Spec.Template!;

        var packed = template.Packed();

        packed.Packed().Spec!.Value.GetRawText().ShouldBe(template.Spec!.Value.GetRawText());
        JsonSerializer.Serialize(packed, ApiJsonContext.Default.PodTemplate).ShouldBe(JsonSerializer.Serialize(template, ApiJsonContext.Default.PodTemplate));
        (packed with { Spec = JsonElement.Parse("{}") }).Spec!.Value.GetRawText().ShouldBe("{}");
        (packed with { Spec = null }).Spec.ShouldBeNull();
        new PodTemplate().Packed().Spec.ShouldBeNull();
    }

    [Fact]
    public void The_minimal_rollout_is_read_with_its_defaults()
    {
        var spec = Read(Minimal).Spec;

        spec.Replicas.ShouldBe(10);
        spec.ProgressDeadlineSeconds.ShouldBe(600);
        spec.RevisionHistoryLimit.ShouldBe(10);
        spec.ReleaseHistoryLimit.ShouldBe(100);
        spec.OnProgressDeadline.ShouldBe(ProgressDeadlinePolicy.RollBack);
        spec.Soak.Duration.ShouldBe("0s");
        spec.Template!.Metadata.Labels!["app"].ShouldBe("payments");
        spec.Template.Spec!.Value.GetProperty("containers")[0].GetProperty("image").GetString().ShouldBe("p:v2");
        var canary = spec.Strategy.Canary!;
        canary.MaxSurge.Text.ShouldBe("25%");
        canary.MaxUnavailable.Number.ShouldBe(0);
        canary.Steps.Select(step => step.Kind()).ShouldBe([StepKind.SetWeight, StepKind.Analysis, StepKind.Pause]);
        canary.Steps[1].Analysis!.MaxDuration.ShouldBe("1h");
        spec.Analysis!.Interval.ShouldBe("15s");
        spec.Analysis.Confidence.FalseAlarm.ShouldBe("1%");
        spec.Analysis.Metrics[0].OnInconclusive.ShouldBe(InconclusivePolicy.Pause);
        spec.Analysis.Metrics[0].ErrorRate!.MaxRatioToStable.ShouldBe("1.5");
        spec.Migration.ShouldBeNull();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"spec": null}""")]
    [InlineData("""{"spec": {"strategy": null, "template": null, "analysis": {"metrics": null}}}""")]
    [InlineData("""{"spec": {"strategy": {"canary": {"steps": [{}, {"analysis": {}}, {"setWeight": 1, "pause": {}}]}}}}""")]
    [InlineData("""{"spec": {"template": {"spec": {"containers": "none"}}, "soak": {"duration": "soon"}}}""")]
    [InlineData("""{"spec": {"analysis": {"confidence": {"falseAlarm": "lots"}, "metrics": [{}]}, "unknown": [1]}}""")]
    public void What_lacks_fields_or_has_malformed_texts_is_still_readable(string json)
    {
        var spec = Read(json).Spec;
        (spec.Strategy.Canary?.Steps ?? []).ShouldNotBeNull();
        (spec.Analysis?.Metrics ?? []).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{}""", null)]
    [InlineData("""{"setWeight": 0}""", StepKind.SetWeight)]
    [InlineData("""{"pause": {}}""", StepKind.Pause)]
    [InlineData("""{"analysis": {}}""", StepKind.Analysis)]
    [InlineData("""{"setWeight": 5, "pause": {}}""", null)]
    public void A_step_has_a_kind_only_if_exactly_one_member_is_set(string json, StepKind? kind) =>
        JsonSerializer.Deserialize(json, ApiJsonContext.Default.CanaryStep)!.Kind().ShouldBe(kind);

    [Fact]
    public void A_status_is_written_in_camel_case_with_names_of_enums_and_whole_seconds_and_without_nulls()
    {
        var status = new RolloutStatus
        {
            Phase = Phase.RollingBack,
            Release = new ReleaseProgress
            {
                Name = "payments-3",
                Stage = Stage.RollingBack,
                Outcome = Outcome.RolledBack,
                StartedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 750, TimeSpan.FromHours(1)),
            },
        };

        var json = JsonSerializer.SerializeToElement(status, ApiJsonContext.Default.RolloutStatus);

        json.GetProperty("phase").GetString().ShouldBe("RollingBack");
        json.GetProperty("release").GetProperty("outcome").GetString().ShouldBe("RolledBack");
        json.GetProperty("release").GetProperty("startedAt").GetString().ShouldBe("2026-03-01T11:00:00Z");
        json.TryGetProperty("canary", out _).ShouldBeFalse();
    }

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        var json = JsonSerializer.Serialize(Read(Minimal), ApiJsonContext.Default.Rollout);
        JsonSerializer.Serialize(Read(json), ApiJsonContext.Default.Rollout).ShouldBe(json);
    }
}
