namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>The sandbox against what a real API server answered.</summary>
public sealed class TranscriptTests
{
    /// <summary>Steps that differ on purpose, each with the reason.</summary>
    private static readonly Dictionary<string, string> Omissions = new()
    {
        ["06-list-and-selectors/table-builtin"] = "the recorded server shows Name and Created At only; a cluster shows what the sandbox does",
        ["06-list-and-selectors/not-acceptable"] = "the sandbox answers in JSON only, and says so",
        ["09-discovery/openapi-v3-widgets"] = "paths and schemas agree in what clients read; descriptions of parameters are the sandbox's own",
        ["10-builtin-rules/lease-bad-time"] = "status, reason and parse error agree; the object quoted in the message has other times and order",
        ["10-builtin-rules/secret-stringdata"] = "the recorded server leaves out the default type; a cluster has it",
    };

    public static TheoryData<string> Scenarios => [.. Transcript.Names];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_step_gets_the_answer_of_a_real_server(string scenario)
    {
        var differing = TranscriptReplay.Run(scenario).Where(step => step.Difference is not null && !Omissions.ContainsKey(Key(step)));
        string.Join("\n", differing.Select(step => $"{Key(step)}: {step.Difference}")).ShouldBeEmpty();
    }

    [Fact]
    public void Omissions_are_few_and_none_is_stale()
    {
        var steps = Transcript.Names.SelectMany(TranscriptReplay.Run).ToList();
        steps.Count.ShouldBe(167);
        steps.Count(step => step.Difference is null).ShouldBeGreaterThanOrEqualTo(150);
        steps.Where(step => step.Difference is null).Select(Key).Intersect(Omissions.Keys).ShouldBeEmpty();
    }

    private static string Key(ReplayedStep step) => $"{step.Scenario}/{step.Label}";
}
