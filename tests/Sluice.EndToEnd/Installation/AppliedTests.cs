using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Hosting;

namespace Sluice.EndToEnd.Installation;

/// <summary>An API server accepts what is to be installed, and every field of it.</summary>
public sealed class AppliedTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-installation-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ChartTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_chart_is_accepted(string name)
    {
        var rendered = await ChartRenderer.RenderAsync(name, Ct);
        await using var server = await SandboxHost.StartAsync(new SandboxHostOptions(), Ct);
        var kubectl = KubectlOf(server);
        await kubectl.RunAsync(["apply", "-f", Path.Combine(ChartRenderer.Folder, "cluster.yaml")], Ct);

        var applied = await ApplyAsync(kubectl, rendered.Manifests);

        applied.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(rendered.Objects.Count, applied);
        var definitions = (await kubectl.RunAsync(["get", "crds", "-o", "name"], Ct)).Split('\n').Count(line => line.EndsWith(".sluice.dev", StringComparison.Ordinal));
        definitions.ShouldBe(rendered.Definitions.Count);
    }

    [Fact]
    public async Task The_kustomization_is_accepted_and_applied_again_changes_nothing()
    {
        await using var server = await SandboxHost.StartAsync(new SandboxHostOptions(), Ct);
        var kubectl = KubectlOf(server);
        string[] apply = ["apply", "--validate=strict", "-k", "config/default"];

        var applied = await kubectl.RunAsync(apply, Ct);
        await kubectl.RunAsync(apply, Ct);

        var objects = YamlObjects.Parse(await kubectl.RunAsync(["kustomize", "config/default"], Ct));
        applied.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(objects.Count, applied);
        (await kubectl.RunAsync(["diff", "-k", "config/default"], Ct)).ShouldBeEmpty();
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<string> ApplyAsync(Kubectl kubectl, string manifests)
    {
        var file = Path.Combine(folder.FullName, "manifests.yaml");
        await File.WriteAllTextAsync(file, manifests, Ct);
        return await kubectl.RunAsync(["apply", "--server-side", "--validate=strict", "-f", file], Ct);
    }

    private Kubectl KubectlOf(SandboxHost server) => new("kubectl", server.KubeconfigPath, Path.Combine(folder.FullName, "cache"), Repository.Find().Root);
}
