using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.Sandbox.Demo.External;

/// <summary>Sluice's CRDs on a cluster that is not ours: installed where there are none, and then taken away again.</summary>
internal sealed class ExternalDefinitions(KubernetesClient client, Kubectl kubectl, string folder)
{
    private const string Path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(folder, "sluice.dev_*.yaml").Select(file => $"{System.IO.Path.GetFileNameWithoutExtension(file)["sluice.dev_".Length..]}.sluice.dev").Order(StringComparer.Ordinal)];

    /// <summary>Whether this process, or one before it that was killed, has installed them.</summary>
    public bool AreOurs { get; private set; }

    /// <exception cref="SandboxException">There are some already, and they are not those of this version.</exception>
    public async Task InstallAsync(CancellationToken ct)
    {
        var present = new List<JsonObject>();
        foreach (var name in Names)
        {
            if (await FindAsync(name, ct) is { } found) present.Add(found);
        }

        AreOurs = present.All(definition => definition["metadata"]?["labels"]?[ExternalCluster.Mark] is not null);
        if (AreOurs)
        {
            await kubectl.RunAsync(["apply", "-k", folder], ct);
            await kubectl.RunAsync(["label", "crd", .. Names, $"{ExternalCluster.Mark}=definitions", "--overwrite"], ct);
        }
        else
        {
            await RequireSameAsync(present, ct);
        }

        await kubectl.RunAsync(["wait", "--for=condition=Established", "--timeout=60s", .. Names.Select(name => $"crd/{name}")], ct);
    }

    public async Task RemoveAsync(CancellationToken ct)
    {
        foreach (var name in Names)
        {
            try
            {
                await client.SendRawAsync(new RawRequest(HttpMethod.Delete, $"{Path}/{name}"), ct);
            }
            catch (KubernetesException gone) when (gone.IsNotFound)
            {
                // Somebody else was faster.
            }
        }

        foreach (var name in Names)
        {
            while (await FindAsync(name, ct) is not null) await Task.Delay(ExternalCluster.Look, TimeProvider.System, ct);
        }
    }

    /// <summary>Applying what is there already changes nothing, and so leaves the generation as it is.</summary>
    private async Task RequireSameAsync(List<JsonObject> present, CancellationToken ct)
    {
        var applied = JsonNode.Parse(await kubectl.RunAsync(
            ["apply", "--server-side", "--dry-run=server", "--force-conflicts", "--field-manager=sluice-sandbox", "-o", "json", "-k", folder], ct));
        var generations = (applied?["items"]?.AsArray() ?? []).ToDictionary(item => NameOf(item!), Generation);
        var different = Names.Where(name => present.Find(definition => NameOf(definition) == name) is not { } found || Generation(found) != generations.GetValueOrDefault(name)).ToList();
        if (different.Count > 0)
        {
            throw new SandboxException(
                $"the cluster has CRDs of Sluice, and {string.Join(", ", different)} differ from those of this version: bring them up to date (kubectl apply -k config/crd), or take another cluster");
        }
    }

    private async Task<JsonObject?> FindAsync(string name, CancellationToken ct)
    {
        try
        {
            return await client.SendRawAsync(RawRequest.Get($"{Path}/{name}"), ct);
        }
        catch (KubernetesException missing) when (missing.IsNotFound)
        {
            return null;
        }
    }

    private static string NameOf(JsonNode item) => (string?)item["metadata"]?["name"] ?? "";

    private static long? Generation(JsonNode? item) =>
        item?["metadata"]?["generation"] is { } generation ? long.Parse(generation.ToJsonString(), CultureInfo.InvariantCulture) : null;
}
