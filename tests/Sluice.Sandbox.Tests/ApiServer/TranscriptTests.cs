namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>The sandbox against what a real API server answered.</summary>
public sealed class TranscriptTests
{
    private const string NoProtobuf = "status and reason agree; of the languages of answers protobuf is not offered";
    private const string WordsOfYaml = "status and reason agree; the words for what is wrong are those of another YAML library";
    private const string UnwarnedRules = "a rule that an unchanged object breaks is passed over without a warning";
    private const string UnownedReviews = "nobody asks who owns the fields of a question";

    /// <summary>Steps that differ on purpose, each with the reason.</summary>
    private static readonly Dictionary<string, string> Omissions = new()
    {
        ["06-list-and-selectors/table-builtin"] = "the recorded server shows Name and Created At only; a cluster shows what the sandbox does",
        ["06-list-and-selectors/not-acceptable"] = NoProtobuf,
        ["09-discovery/openapi-v3-widgets"] = "paths and schemas agree in what clients read; descriptions of parameters are the sandbox's own",
        ["12-ratcheting/touch-metadata"] = UnwarnedRules,
        ["12-ratcheting/status-only"] = UnwarnedRules,
        ["14-crd-versions/columns-bad"] = "a column whose path cannot be read is refused as well; a real server finds out when it prints",
        ["15-crud-corners/create-yaml-bad"] = WordsOfYaml,
        ["15-crud-corners/create-yaml-duplicate"] = WordsOfYaml,
        ["16-patch-corners/json-escapes"] = "the same cause is told twice, by a real server three times",
        ["16-patch-corners/json-remove-kind"] = "status, reason and words agree; the object quoted has other times and order",
        ["16-patch-corners/smp-list-for-map"] = "status and reason agree; the words are those of Go's converter of structs",
        ["16-patch-corners/smp-type"] = "status and reason agree; the words are those of Go's converter of structs",
        ["17-apply-corners/duplicate-yaml-key"] = WordsOfYaml,
        ["17-apply-corners/yaml-bad"] = WordsOfYaml,
        ["21-more-discovery/apis-unknown-as"] = NoProtobuf,
        ["21-more-discovery/apis-v2beta1"] = "kubectl 1.29 asks for v2beta1, which Kubernetes 1.36 serves no more",
        ["22-builtin-corners/can-i"] = UnownedReviews,
        ["22-builtin-corners/can-i-url"] = UnownedReviews,
        ["10-builtin-rules/secret-stringdata"] = "the recorded server leaves out the default type; a cluster has it",
    };

    public static TheoryData<string> Scenarios => [.. Transcript.Names, .. Transcript.Recorded];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Every_step_gets_the_answer_of_a_real_server(string scenario)
    {
        var differing = (await TranscriptReplay.RunAsync(scenario)).Where(step => step.Difference is not null && !Omissions.ContainsKey(Key(step)));
        string.Join("\n", differing.Select(step => $"{Key(step)}: {step.Difference}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Omissions_are_few_and_none_is_stale()
    {
        var steps = new List<ReplayedStep>();
        foreach (var name in Transcript.Names) steps.AddRange(await TranscriptReplay.RunAsync(name));
        steps.Count.ShouldBe(167);
        steps.Count(step => step.Difference is null).ShouldBeGreaterThanOrEqualTo(150);
        foreach (var name in Transcript.Recorded) steps.AddRange(await TranscriptReplay.RunAsync(name));
        steps.Where(step => step.Difference is not null).Select(Key).ShouldBe(Omissions.Keys, ignoreOrder: true);
    }

    private static string Key(ReplayedStep step) => $"{step.Scenario}/{step.Label}";
}
