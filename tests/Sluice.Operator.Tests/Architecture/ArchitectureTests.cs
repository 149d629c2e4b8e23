using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Sluice.Operator.Tests.Architecture;

public sealed class ArchitectureTests
{
    /// <summary>Who may refer to whom, directly; a project that is not listed is a decision to be made here.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Sluice.Kubernetes.Models"] = [],
        ["Sluice.Api"] = ["Sluice.Kubernetes.Models"],
        ["Sluice.Engine"] = ["Sluice.Api", "Sluice.Kubernetes.Models"],
        ["Sluice.Kubernetes"] = ["Sluice.Kubernetes.Models"],
        ["Sluice.Operator"] = ["Sluice.Engine", "Sluice.Kubernetes", "Sluice.Api", "Sluice.Kubernetes.Models"],
        ["Sluice.Sandbox"] = ["Sluice.Kubernetes", "Sluice.Api", "Sluice.Kubernetes.Models"],
        ["Sluice.CrdGenerator"] = ["Sluice.Api", "Sluice.Kubernetes.Models"],
    };

    /// <summary>What would make a decision depend on more than its arguments. A trailing dot is a whole namespace.</summary>
    private static readonly string[] ImpureTypes =
    [
        "System.Threading.Tasks.", "System.Threading.Thread", "System.Threading.Timer", "System.Threading.CancellationToken",
        "System.Net.", "System.IO.File", "System.IO.FileStream", "System.IO.FileInfo", "System.IO.Directory", "System.IO.DirectoryInfo", "Microsoft.Extensions.",
        "System.TimeProvider", "System.Random", "System.Console", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process",
    ];

    /// <summary>The compiler asks for the thread in every iterator.</summary>
    private const string IteratorsThread = "System.Environment.get_CurrentManagedThreadId";

    [Fact]
    public void Projects_refer_to_each_other_along_the_arrows_only()
    {
        var references = SourceTree.References();

        references.Keys.ShouldBe(Allowed.Keys, ignoreOrder: true);
        var forbidden = references.SelectMany(project => project.Value.Except(Allowed[project.Key]).Select(other => $"{project.Key} → {other}"));
        forbidden.ShouldBeEmpty();
    }

    [Fact]
    public void The_engine_decides_from_its_arguments_alone() =>
        TypesUsedBy("Sluice.Engine")
            .Where(type => Array.Exists(ImpureTypes, impure => impure.EndsWith('.') ? type.StartsWith(impure, StringComparison.Ordinal) : type == impure))
            .ShouldBeEmpty();

    [Fact]
    public void The_engine_makes_up_no_values() =>
        MembersUsedBy("Sluice.Engine")
            .Where(member => member == "System.Guid.NewGuid" || (member.StartsWith("System.Environment.", StringComparison.Ordinal) && member != IteratorsThread))
            .ShouldBeEmpty();

    [Fact]
    public void What_looks_into_assemblies_sees_what_they_use()
    {
        TypesUsedBy("Sluice.Operator").Contains("System.Threading.Tasks.Task").ShouldBeTrue();
        MembersUsedBy("Sluice.Operator").Contains("System.Environment.get_ProcessId").ShouldBeTrue();
    }

    private static IReadOnlyList<string> TypesUsedBy(string assembly) =>
        Read(assembly, metadata => metadata.TypeReferences.Select(type => NameOf(metadata, type)));

    private static IReadOnlyList<string> MembersUsedBy(string assembly) => Read(assembly, metadata =>
        from member in metadata.MemberReferences.Select(metadata.GetMemberReference)
        where member.Parent.Kind == HandleKind.TypeReference
        select $"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}");

    private static IReadOnlyList<string> Read(string assembly, Func<MetadataReader, IEnumerable<string>> names)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")));
        return [.. names(file.GetMetadataReader())];
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }
}
