using System.Text.Json;

namespace Sluice.Api.Tests.Samples;

/// <summary>
/// The manifests in <c>Invalid</c> are test data for whoever validates: each says in its first lines who refuses it (the schema, or the
/// operator by <c>Stalled/InvalidSpec</c>), which field is named, and, for the schema, what a Kubernetes 1.36 API server answers.
/// </summary>
public sealed class InvalidManifestTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Repository.PathOf("tests", "Sluice.Api.Tests", "Invalid"), "*.yaml").Select(path => Path.GetFileName(path)!)];

    private static string PathOf(string file) => Repository.PathOf("tests", "Sluice.Api.Tests", "Invalid", file);

    private static string? Header(string file, string name) =>
        File.ReadLines(PathOf(file)).TakeWhile(line => line.StartsWith('#'))
            .Where(line => line.StartsWith($"# {name}: ", StringComparison.Ordinal)).Select(line => line[(name.Length + 4)..]).SingleOrDefault();

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_says_who_refuses_it_and_which_field_is_named(string file)
    {
        Header(file, "refused-by").ShouldBeOneOf("schema", "operator");
        Header(file, "field").ShouldNotBeNull().ShouldStartWith("spec");
        (Header(file, "message") is not null).ShouldBe(Header(file, "refused-by") == "schema");
        Manifest.Read(PathOf(file))["metadata"]!["name"]!.GetValue<string>().ShouldBe(Path.GetFileNameWithoutExtension(file));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_only_the_operator_refuses_is_readable(string file)
    {
        if (Header(file, "refused-by") != "operator")
            return;
        Manifest.Read(PathOf(file)).Deserialize(ApiJsonContext.Default.Rollout).ShouldNotBeNull();
    }
}
