using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Tests.Plans;

public sealed class ChecksReaderTests
{
    private const string Pod = """{"spec": {"containers": [{"name": "check", "image": "checks:v1"}]}}""";
    private const string Field = "spec.strategy.canary.steps[0].checks";

    [Theory]
    [InlineData("", 3)]
    [InlineData("""
        "join": "All",
        """, 3)]
    [InlineData("""
        "join": "Any",
        """, 1)]
    [InlineData("""
        "join": 2,
        """, 2)]
    public void A_join_says_how_many_must_succeed(string join, int needed)
    {
        var (plan, errors) = Read($$"""{ {{join}} "jobs": [{{Job("a")}}, {{Job("b")}}, {{Job("c")}}] }""");

        errors.ShouldBeEmpty();
        plan!.Steps[0].ShouldBeOfType<PlanStep.Checks>().ShouldSatisfyAllConditions(step => step.Needed.ShouldBe(needed), step => step.FailFast.ShouldBeTrue(), step => step.Timeout.ShouldBe(TimeSpan.FromMinutes(10)));
    }

    [Theory]
    [InlineData("""{"jobs": []}""", Field + ".jobs")]
    [InlineData("""{"jobs": null}""", Field + ".jobs")]
    [InlineData("""{"jobs": [null]}""", Field + ".jobs[0]")]
    [InlineData("""{"join": "Most", "jobs": [$a]}""", Field + ".join")]
    [InlineData("""{"join": 0, "jobs": [$a]}""", Field + ".join")]
    [InlineData("""{"join": 2, "jobs": [$a]}""", Field + ".join")]
    [InlineData("""{"timeout": "0s", "jobs": [$a]}""", Field + ".timeout")]
    [InlineData("""{"timeout": "soon", "jobs": [$a]}""", Field + ".timeout")]
    [InlineData("""{"jobs": [$a, $a]}""", Field + ".jobs")]
    [InlineData("""{"jobs": [$Upper]}""", Field + ".jobs[0].name")]
    [InlineData("""{"jobs": [$a-name-that-is-longer-than-a-job-s-may]}""", Field + ".jobs[0].name")]
    [InlineData("""{"jobs": [{"name": "a"}]}""", Field + ".jobs[0].template.spec")]
    [InlineData("""{"jobs": [{"name": "a", "template": {"spec": {"containers": 1}}}]}""", Field + ".jobs[0].template.spec.containers")]
    [InlineData("""{"jobs": [{"name": "a", "template": {"spec": {"restartPolicy": "Always", "containers": [{}]}}}]}""", Field + ".jobs[0].template.spec.restartPolicy")]
    [InlineData("""{"jobs": [{"name": "a", "template": {"metadata": {"labels": {"sluice.dev/revision": "1"}}, "spec": {"containers": [{}]}}}]}""", Field + ".jobs[0].template.metadata.labels[sluice.dev/revision]")]
    public void What_cannot_be_carried_out_is_said_of_its_field(string checks, string field)
    {
        var (plan, errors) = Read(System.Text.RegularExpressions.Regex.Replace(checks, @"\$[\w-]+", match => Job(match.Value[1..]), System.Text.RegularExpressions.RegexOptions.NonBacktracking));

        plan.ShouldBeNull();
        errors.ShouldContain(error => error.Field == field);
    }

    [Fact]
    public void A_plan_has_a_bounded_number_of_checks()
    {
        var step = $$"""{"checks": {"jobs": [{{string.Join(", ", Enumerable.Range(0, 10).Select(job => Job($"j{job}")))}}] } }""";

        Steps(string.Join(", ", Enumerable.Repeat(step, 4))).Errors.ShouldBeEmpty();
        Steps(string.Join(", ", Enumerable.Repeat(step, 5))).Errors.ShouldHaveSingleItem().Field.ShouldBe("spec.strategy.canary.steps");
    }

    [Fact]
    public void A_template_that_nests_too_deep_is_named()
    {
        var rollout = Given.Rollout();
        var step = new CanaryStep { Checks = new ChecksStep { Jobs = [new CheckJob { Name = "a", Template = Given.Template(65) }] } };
        var deep = rollout with { Spec = rollout.Spec with { Strategy = new RolloutStrategy { Canary = new CanaryStrategy { Steps = [step] } } } };

        PlanReader.Read(PlanSource.Of(deep)).Errors.ShouldContain(error => error.Field == Field + ".jobs[0].template.spec");
    }

    private static (ReleasePlan? Plan, IReadOnlyList<FieldError> Errors) Read(string checks) => Steps($$"""{ "checks": {{checks}} }""");

    private static (ReleasePlan? Plan, IReadOnlyList<FieldError> Errors) Steps(string steps) =>
        PlanReader.Read(PlanSource.Of(Given.Rollout($$"""{ "strategy": {"canary": {"steps": [{{steps}}]} }, "analysis": null}""")));

    private static string Job(string name) => $$"""{ "name": "{{name}}", "template": {{Pod}} }""";
}
