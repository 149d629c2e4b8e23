using Microsoft.CodeAnalysis.CSharp;

namespace Sluice.Simulation.Power;

/// <summary>The list of planted bugs stays in step with the source: what <c>make simulate-power</c> builds from it is the operator of today.</summary>
public sealed class PlantedBugTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Every_planted_bug_has_its_place_in_the_source_exactly_once()
    {
        var bugs = BugList.Read(PlantedTree.BugsIn(Root));

        bugs.Count.ShouldBeGreaterThanOrEqualTo(60);
        foreach (var file in bugs.GroupBy(bug => bug.File)) Should.NotThrow(() => SourceMutation.Apply(File.ReadAllText(Path.Combine(Root, file.Key)), [.. file]), file.Key);
    }

    [Fact]
    public void The_source_with_all_bugs_planted_is_still_of_the_language()
    {
        foreach (var file in BugList.Read(PlantedTree.BugsIn(Root)).GroupBy(bug => bug.File))
        {
            var planted = SourceMutation.Apply(File.ReadAllText(Path.Combine(Root, file.Key)), [.. file]);
            CSharpSyntaxTree.ParseText(planted, cancellationToken: TestContext.Current.CancellationToken)
                .GetDiagnostics(TestContext.Current.CancellationToken)
                .ShouldBeEmpty(file.Key);
        }
    }

    [Fact]
    public void A_bug_is_planted_in_the_operator_and_behind_a_switch() => BugList.Read(PlantedTree.BugsIn(Root)).ShouldAllBe(bug =>
        (bug.File.StartsWith("src/Sluice.Engine/", StringComparison.Ordinal) || bug.File.StartsWith("src/Sluice.Operator/", StringComparison.Ordinal)) && bug.Find != bug.Replace);

    [Fact]
    public void The_source_itself_holds_no_switch() => BugSwitch.Exists.ShouldBeFalse();

    [Fact]
    public void Bugs_of_one_place_are_nested_and_those_of_others_stand_beside_them()
    {
        const string Source = "var a = x + 1;\nDo(a);\n";

        var planted = SourceMutation.Apply(Source,
        [
            Bug("one", "x + 1", "x"),
            Bug("two", "x + 1", "2"),
            Bug("three", "Do(a);", ""),
            Bug("four", "var a", "if ($bug) x = 0; var a"),
        ]);

        planted.ShouldBe(
            """
            if (PlantedBugs.Is("four")) x = 0; var a = (PlantedBugs.Is("two") ? (2) : ((PlantedBugs.Is("one") ? (x) : (x + 1))));
            if (PlantedBugs.Is("three")) {  } else { Do(a); }

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("y", "not in")]
    [InlineData("a", "more than once")]
    public void A_bug_without_a_place_of_its_own_is_refused(string find, string why) =>
        Should.Throw<FormatException>(() => SourceMutation.Apply("a a b", [Bug("one", find, "c")])).Message.ShouldContain(why);

    [Fact]
    public void Bugs_that_overlap_are_refused() =>
        Should.Throw<FormatException>(() => SourceMutation.Apply("a + b + c", [Bug("one", "a + b", "a"), Bug("two", "b + c", "c")])).Message.ShouldContain("overlaps");

    private static PlantedBug Bug(string name, string find, string replace) => new() { Name = name, Breaks = "it", File = "it.cs", Find = find, Replace = replace };

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Operator.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run from within the repository.");
    }
}
