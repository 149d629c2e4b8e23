using System.Text.RegularExpressions;
using Sluice.Operator.Hosting.Options;
using YamlDotNet.RepresentationModel;

namespace Sluice.EndToEnd.Installation;

/// <summary>The Helm chart as it is rendered; <c>SLUICE_UPDATE_GOLDEN=1</c> writes the golden files anew.</summary>
public sealed partial class ChartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => [.. ChartRenderer.ValuesIn("cases")];

    public static TheoryData<string> Refused => [.. ChartRenderer.ValuesIn("refused")];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_renders_as_the_golden_file_says(string name)
    {
        var rendered = (await ChartRenderer.RenderAsync(name, Ct)).WithoutDefinitions;
        var golden = Path.Combine(ChartRenderer.Folder, "golden", $"{name}.yaml");
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_GOLDEN") == "1") await File.WriteAllTextAsync(golden, rendered, Ct);

        rendered.ShouldBe(await File.ReadAllTextAsync(golden, Ct), $"if that is meant, write {golden} anew with SLUICE_UPDATE_GOLDEN=1");
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Values_that_cannot_work_are_refused_with_the_field_at_fault(string name)
    {
        var file = ChartRenderer.ValuesFile("refused", name);
        const string header = "# says: ";
        var expected = (await File.ReadAllLinesAsync(file, Ct)).Single(line => line.StartsWith(header, StringComparison.Ordinal))[header.Length..];

        var (exitCode, _, error) = await ChartRenderer.TryRenderAsync(file, Ct);

        exitCode.ShouldNotBe(0);
        error.ShouldContain(expected);
    }

    [Theory]
    [InlineData("a-release-with-a-name-that-is-as-long-as-helm-permits")]
    [InlineData("shop.payments.v1")]
    public async Task Whatever_the_release_is_called_every_name_is_one_that_Kubernetes_takes(string release)
    {
        var objects = (await ChartRenderer.RenderAsync("default", Ct, release)).Objects.Where(item => item.Text("kind") != "CustomResourceDefinition").ToList();

        // Roles and policies may have longer ones.
        var names = objects.Where(item => !item.Text("kind").Contains("Role", StringComparison.Ordinal) && !item.Text("kind").StartsWith("ValidatingAdmissionPolicy", StringComparison.Ordinal)).Select(item => item.Text("metadata", "name")).ToList();
        names.ShouldNotBeEmpty();
        names.ShouldAllBe(name => DnsLabel().IsMatch(name));
        objects.OfKind("Deployment").Single().Text("spec", "template", "metadata", "labels", "app.kubernetes.io/instance").ShouldBe(release);
    }

    [Fact]
    public async Task Every_object_carries_the_common_labels_and_annotations_and_what_is_said_of_one_goes_before()
    {
        var rendered = await ChartRenderer.RenderAsync("owned", Ct);

        rendered.Objects.Select(item => item.Text("metadata", "labels", "cost-centre")).ShouldAllBe(label => label == "4711");
        rendered.Objects.Select(item => item.Text("metadata", "annotations", "example.com/contact")).ShouldAllBe(annotation => annotation == "#platform");
        var deployment = rendered.Objects.OfKind("Deployment").Single();
        deployment.Text("metadata", "annotations", "example.com/tier").ShouldBe("1");
        deployment.Text("spec", "template", "metadata", "labels", "team").ShouldBe("sre");
        deployment.Text("spec", "template", "metadata", "annotations", "example.com/tier").ShouldBe("1");
        rendered.Objects.OfKind("ServiceMonitor").Single().Text("metadata", "labels", "team").ShouldBe("monitoring");
        rendered.Definitions.Select(crd => crd.Text("metadata", "annotations", "argocd.argoproj.io/sync-options")).ShouldAllBe(options => options == "Delete=false,Prune=false");
    }

    [Fact]
    public async Task The_CRDs_are_those_of_the_repository_and_outlive_the_release()
    {
        var definitions = (await ChartRenderer.RenderAsync("default", Ct)).Definitions;

        var shipped = Directory.GetFiles(Path.Combine(ChartRenderer.Chart, "..", "..", "config", "crd"), "sluice.dev_*.yaml").Order(StringComparer.Ordinal)
            .Select(file => YamlObjects.Parse(File.ReadAllText(file)).Single()).ToList();
        definitions.Select(crd => crd["spec"]).ShouldBe(shipped.Select(crd => crd["spec"]));
        definitions.Select(crd => crd.Text("metadata", "annotations", "helm.sh/resource-policy")).ShouldAllBe(policy => policy == "keep");
    }

    [Fact]
    public async Task The_CRDs_can_be_left_to_others_or_to_go_with_the_release()
    {
        (await ChartRenderer.RenderAsync("shared", Ct)).Definitions.ShouldBeEmpty();
        (await ChartRenderer.RenderAsync("annotated", Ct)).Definitions.ShouldAllBe(crd => !((YamlMappingNode)crd["metadata"]).Children.ContainsKey("annotations"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_operator_understands_its_configuration(string name) => (await OptionsOfAsync(name)).ShouldNotBeNull();

    [Fact]
    public async Task The_operator_gets_the_options_that_the_values_name()
    {
        var single = await OptionsOfAsync("single");
        (single.LeaderElect, single.Workers, single.LogFormat).ShouldBe((false, 16, LogFormat.Text));
        single.ProgressInterval.ShouldBe(new OperatorOptions().ProgressInterval);
        single.OtlpEndpoint.ShouldBe(new Uri("http://collector.monitoring:4317"));

        var namespaced = await OptionsOfAsync("namespaced");
        namespaced.Namespaces.ShouldBe(["shop", "bank"]);
        (namespaced.LeaderElect, namespaced.LeaderElectionNamespace).ShouldBe((true, "sluice-system"));
        namespaced.LeaseDuration.ShouldBe(new OperatorOptions().LeaseDuration);

        var scheduled = await OptionsOfAsync("scheduled");
        (scheduled.LeaseDuration, scheduled.RenewDeadline, scheduled.RetryPeriod).ShouldBe((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task The_readme_names_every_value()
    {
        var values = YamlObjects.Parse(await File.ReadAllTextAsync(Path.Combine(ChartRenderer.Chart, "values.yaml"), Ct)).Single();
        var readme = await File.ReadAllTextAsync(Path.Combine(ChartRenderer.Chart, "README.md"), Ct);

        values.Children.Keys.Select(value => value.ToString()).ShouldAllBe(value => readme.Contains($"`{value}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_are_files_where_the_pod_mounts_them()
    {
        var pod = (await ChartRenderer.RenderAsync("credentials", Ct)).Objects.OfKind("Deployment").Single()["spec"]["template"]["spec"];
        var mounts = ((YamlSequenceNode)pod["containers"][0]["volumeMounts"]).ToDictionary(mount => mount.Text("name"), mount => mount.Text("mountPath"));
        var files =
            from volume in ((YamlSequenceNode)pod["volumes"]).OfType<YamlMappingNode>().Where(volume => volume.Children.ContainsKey("projected"))
            from source in (YamlSequenceNode)volume["projected"]["sources"]
            from item in (YamlSequenceNode)((YamlMappingNode)source).Children.Values.Single()["items"]
            select $"{mounts[volume.Text("name")]}/{item.Text("path")}";

        var named = (await OptionsOfAsync("credentials")).MetricSources
            .SelectMany(source => new[] { source.BearerTokenFile, source.BasicAuth?.PasswordFile, source.CaFile }).OfType<string>().ToList();

        named.Count.ShouldBe(4);
        files.ShouldBe(named, ignoreOrder: true);
    }

    [Fact]
    public async Task A_changed_configuration_starts_new_pods()
    {
        var sums = new HashSet<string>();
        foreach (var name in new[] { "default", "single", "credentials" })
        {
            var deployment = (await ChartRenderer.RenderAsync(name, Ct)).Objects.OfKind("Deployment").Single();
            sums.Add(deployment.Text("spec", "template", "metadata", "annotations", "checksum/configuration"));
        }

        sums.Count.ShouldBe(3);
    }

    [GeneratedRegex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex DnsLabel();

    private static async Task<OperatorOptions> OptionsOfAsync(string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, (await ChartRenderer.RenderAsync(name, Ct)).Objects.OfKind("ConfigMap").Single().Text("data", "sluice.yaml"), Ct);
            var load = OptionsLoader.Load(new Dictionary<string, string> { ["config"] = file }, _ => null);
            return load.ShouldBeOfType<OptionsLoad.Valid>(load is OptionsLoad.Invalid invalid ? string.Join('\n', invalid.Problems) : null).Options;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
