using Sluice.Sandbox.Demo.Parts;
using YamlDotNet.RepresentationModel;

namespace Sluice.EndToEnd.Installation;

/// <summary>
/// The operator's pod meets the Pod Security standard <c>restricted</c>
/// (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted), and has a read-only root file system beside it.
/// </summary>
public sealed class PodSecurityTests
{
    /// <summary>The kinds of volume that the standard allows, as far as they are used.</summary>
    private static readonly string[] AllowedVolumes = ["configMap", "emptyDir", "projected"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("default")]
    [InlineData("credentials")]
    [InlineData("namespaced")]
    public async Task The_charts_pod_is_restricted(string name) => ShouldBeRestricted((await ChartRenderer.RenderAsync(name, Ct)).Objects);

    [Fact]
    public async Task The_kustomizations_pod_is_restricted() =>
        ShouldBeRestricted(YamlObjects.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Find().Root, "config", "operator", "deployment.yaml"), Ct)));

    private static void ShouldBeRestricted(IReadOnlyList<YamlMappingNode> objects)
    {
        var pod = (YamlMappingNode)objects.OfKind("Deployment").Single()["spec"]["template"]["spec"];
        pod.Text("securityContext", "runAsNonRoot").ShouldBe("true");
        pod.Text("securityContext", "seccompProfile", "type").ShouldBe("RuntimeDefault");
        string[] ofTheHost = ["hostNetwork", "hostPID", "hostIPC"];
        pod.Children.Keys.Select(key => key.ToString()).Intersect(ofTheHost).ShouldBeEmpty();

        var container = ((YamlSequenceNode)pod["containers"]).ShouldHaveSingleItem();
        container.Text("securityContext", "allowPrivilegeEscalation").ShouldBe("false");
        container.Text("securityContext", "readOnlyRootFilesystem").ShouldBe("true");
        container["securityContext"]["capabilities"]["drop"].ShouldBe(new YamlSequenceNode("ALL"));
        ((YamlSequenceNode)container["ports"]).ShouldAllBe(port => !((YamlMappingNode)port).Children.ContainsKey("hostPort"));

        var volumes = ((YamlSequenceNode)pod["volumes"]).SelectMany(volume => ((YamlMappingNode)volume).Children.Keys).Select(key => key.ToString()).Where(key => key != "name");
        volumes.Except(AllowedVolumes).ShouldBeEmpty();
    }
}
