using Sluice.Operator.Hosting.Options;
using Sluice.Operator.Tests.Architecture;
using YamlDotNet.RepresentationModel;

namespace Sluice.Operator.Tests.Hosting;

public sealed class ManifestTests
{
    [Fact]
    public void The_configuration_that_is_shipped_is_understood()
    {
        var shipped = string.Join('\n', SourceTree.Lines("config/operator/sluice.yaml"));
        var problems = new List<string>();

        var file = ConfigurationFile.Parse(shipped, "sluice.yaml", problems);

        problems.ShouldBeEmpty();
        file.MetricSources.ShouldContain(source => source.Name == "default");
    }

    [Fact]
    public void The_arguments_that_are_shipped_are_understood()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(string.Join('\n', SourceTree.Lines("config/operator/deployment.yaml"))));
        var args = (YamlSequenceNode)stream.Documents.Single().RootNode["spec"]["template"]["spec"]["containers"][0]["args"];

        args.Select(arg => arg.ToString()).Where(arg => arg.StartsWith("--", StringComparison.Ordinal)).Select(arg => arg.Split('=')[0])
            .Except(Settings.All.Select(setting => setting.Flag))
            .ShouldBeEmpty();
    }
}
