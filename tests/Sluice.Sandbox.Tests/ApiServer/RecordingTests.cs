using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>
/// Our own transcripts against a real API server on this machine, whose address is in SLUICE_REAL_API (a fresh one: scenarios do not clean up).
/// With SLUICE_RECORD=FOLDER the scenarios of that folder, answers or none, are recorded anew; SLUICE_SCENARIO=NAME takes one of them.
/// </summary>
public sealed class RecordingTests
{
    private static readonly string? Address = Environment.GetEnvironmentVariable("SLUICE_REAL_API");
    private static readonly string? Folder = Environment.GetEnvironmentVariable("SLUICE_RECORD");
    private static readonly string? Only = Environment.GetEnvironmentVariable("SLUICE_SCENARIO");

    [Fact]
    public async Task A_real_server_still_answers_as_recorded()
    {
        Assert.SkipWhen(Address is null || Folder is not null, "SLUICE_REAL_API names no server to compare with");
        var differing = new List<string>();
        foreach (var name in Transcript.Recorded.Where(name => Only is null || name == Only))
        {
            using var server = new RealServerTarget(new Uri(Address!));
            var steps = await TranscriptReplay.RunAsync(Transcript.Load(name), server);
            differing.AddRange(steps.Where(step => step.Difference is not null).Select(step => $"{step.Scenario}/{step.Label}: {step.Difference}"));
        }

        string.Join("\n", differing).ShouldBeEmpty();
    }

    [Fact]
    public async Task Scenarios_are_recorded_where_that_is_asked_for()
    {
        Assert.SkipWhen(Address is null || Folder is null, "SLUICE_REAL_API and SLUICE_RECORD name no server and folder to record");
        foreach (var file in Directory.EnumerateFiles(Folder!, "*.json").Order(StringComparer.Ordinal))
        {
            var transcript = Transcript.Read(file);
            if (Only is not null && transcript.Name != Only) continue;
            using var server = new RealServerTarget(new Uri(Address!));
            var answers = await TranscriptReplay.AnswersAsync(transcript, server);
            var normaliser = new TranscriptNormaliser();
            foreach (var (step, answer) in transcript.Steps.Zip(answers)) step.Response = Normalised(normaliser, answer);
            await File.WriteAllTextAsync(file, transcript.ToText(), TestContext.Current.CancellationToken);
        }
    }

    private static JsonObject Normalised(TranscriptNormaliser normaliser, TranscriptAnswer answer) => (answer with
    {
        Body = normaliser.Normalise(answer.Body),
        Events = normaliser.Normalise(answer.Events)?.AsArray(),
    }).ToJson();
}
