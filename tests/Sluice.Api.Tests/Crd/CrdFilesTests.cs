using System.Reflection;
using System.Text;
using Sluice.CrdGenerator;
using Sluice.Kubernetes.Models;

namespace Sluice.Api.Tests.Crd;

public sealed class CrdFilesTests
{
    /// <summary>Client-side apply keeps the whole object in an annotation, and annotations end here.</summary>
    private const int MaxAnnotationBytes = 262_144;

    public static TheoryData<string> FileNames => [.. CrdFiles.Generate().Keys];

    [Fact]
    public void The_folder_holds_exactly_the_generated_files() =>
        Directory.GetFiles(Repository.PathOf("config", "crd")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(CrdFiles.Generate().Keys);

    [Theory]
    [MemberData(nameof(FileNames))]
    public void The_committed_file_is_what_the_records_say(string name) =>
        string.Equals(File.ReadAllText(Repository.PathOf("config", "crd", name)), CrdFiles.Generate()[name], StringComparison.Ordinal)
            .ShouldBeTrue($"config/crd/{name} is stale: run `make generate` and commit the result");

    [Theory]
    [MemberData(nameof(FileNames))]
    public void The_file_is_small_enough_for_client_side_apply(string name) =>
        Encoding.UTF8.GetByteCount(CrdFiles.Generate()[name]).ShouldBeLessThan(MaxAnnotationBytes);

    [Fact]
    public void Every_kind_of_the_group_has_a_file() =>
        typeof(Rollout).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<KubernetesEntityAttribute>() is not null)
            .ShouldBe(CrdFiles.Kinds, ignoreOrder: true);

    [Fact]
    public void Kubectl_gets_rollouts_with_the_columns_that_the_documentation_shows()
    {
        Columns(typeof(Rollout), wide: false).ShouldBe(["Phase", "Step", "Weight", "Stable", "Canary", "Revision", "Age"]);
        Columns(typeof(Rollout), wide: true).ShouldBe(["Message", "Images"]);
        Columns(typeof(Release), wide: false).ShouldBe(["Revision", "Outcome", "Started", "Duration", "Reason"]);
        Columns(typeof(AnalysisTemplate), wide: false).ShouldBe(["Metric", "Age"]);
        Columns(typeof(Decision), wide: false).ShouldBe(["Rollout", "Action", "By", "State", "Release", "Age"]);
        Columns(typeof(Migration), wide: false).ShouldBe(["Rollout", "Phase", "State", "Lock", "Attempts", "Started", "Finished"]);
    }

    private static IEnumerable<string> Columns(Type kind, bool wide) =>
        kind.GetCustomAttributes<Schema.PrinterColumnAttribute>().Where(column => column.Wide == wide).Select(column => column.Name);
}
