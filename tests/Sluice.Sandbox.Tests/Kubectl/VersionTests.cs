namespace Sluice.Sandbox.Tests.Kubectl;

public sealed class VersionTests(KubectlClusters clusters)
{
    [Fact]
    public void The_tests_with_kubectl_tell_which_versions_they_ran_with()
    {
        Assert.SkipWhen(KubectlBinary.All.Count == 0, $"no kubectl from {KubectlBinary.Oldest} on was found");
        foreach (var binary in KubectlBinary.All) TestContext.Current.TestOutputHelper!.WriteLine($"kubectl {binary}: {binary.Path}");

        KubectlBinary.All.Select(binary => binary.Version).ShouldBeUnique();
        KubectlBinary.All.ShouldAllBe(binary => File.Exists(binary.Path));
    }

    [Theory(SkipTestWithoutData = true), EachKubectl]
    public async Task The_server_tells_its_version_and_where_it_is(string version)
    {
        var user = await clusters.UserAsync(version);

        (await user.RunAsync("version -o json")).ShouldContain("\"minor\": \"36\"");
        (await user.RunAsync("cluster-info")).ShouldMatch("Kubernetes control plane.* is running at .*http://127.0.0.1:");
    }
}
