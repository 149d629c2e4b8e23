using Sluice.EndToEnd.Support;

namespace Sluice.EndToEnd.Scenarios;

/// <summary>Manifests that must be refused, each naming the field to blame: by the schema, or by the operator in its condition.</summary>
public sealed class InvalidManifestTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    /// <summary>Refused by the API server's own validation of pods, which a bare API server does without.</summary>
    private static readonly string[] NeedsPodValidation = ["container-without-name.yaml", "check-without-image.yaml"];

    private IEnumerable<InvalidManifest> All => Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Invalid"), "*.yaml")
        .Order()
        .Select(InvalidManifest.Read)
        .Where(manifest => !Sandbox.IsBare || !NeedsPodValidation.Contains(manifest.Name));

    [Fact]
    public Task The_schema_refuses_what_it_can() => RunAsync(async shop =>
    {
        var accepted = new List<string>();
        foreach (var manifest in All.Where(manifest => manifest.IsRefusedBySchema))
        {
            var result = await shop.TryKubectlAsync("create", "--dry-run=server", "-f", manifest.Path);
            if (result.Succeeded || !result.Error.Contains(manifest.Field, StringComparison.Ordinal)) accepted.Add($"{manifest.Name}: expected {manifest.Field}, got: {result.Output}{result.Error}");
        }

        accepted.ShouldBeEmpty();
    });

    [Fact]
    public Task The_operator_refuses_the_rest_and_names_the_field() => RunAsync(async shop =>
    {
        var missed = new List<string>();
        foreach (var manifest in All.Where(manifest => !manifest.IsRefusedBySchema))
        {
            await shop.KubectlAsync("create", "-f", manifest.Path);
            var name = (await shop.KubectlAsync("get", "-f", manifest.Path, "-o", "jsonpath={.metadata.name}")).Trim();
            string? message = null;
            var told = await Shop.EventuallyAsync(
                async () =>
                {
                    var status = (await shop.RolloutAsync(name))?.Status;
                    message = status?.Conditions.FirstOrDefault(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" })?.Message ?? status?.Message;
                    return status?.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }) == true && message!.Contains(manifest.Field, StringComparison.Ordinal);
                },
                TimeSpan.FromSeconds(30));
            if (!told) missed.Add($"{manifest.Name}: expected {manifest.Field}, got: {message}");
            await shop.KubectlAsync("delete", "-f", manifest.Path);
        }

        missed.ShouldBeEmpty();
    });

    private sealed record InvalidManifest(string Path, string Field, bool IsRefusedBySchema)
    {
        public string Name => System.IO.Path.GetFileName(Path);

        public static InvalidManifest Read(string path)
        {
            var lines = File.ReadAllLines(path);
            string Header(string key) => lines.First(line => line.StartsWith($"# {key}:", StringComparison.Ordinal))[(key.Length + 3)..].Trim();
            return new InvalidManifest(path, Header("field"), Header("refused-by") == "schema");
        }
    }
}
