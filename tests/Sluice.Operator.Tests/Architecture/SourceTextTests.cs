namespace Sluice.Operator.Tests.Architecture;

public sealed class SourceTextTests
{
    private const int MaxLines = 500;

    /// <summary>In two halves, so that this file does not find itself.</summary>
    private static readonly string[] Suppressions = ["#pragma " + "warning", "Suppress" + "Message"];

    [Fact]
    public void Analyzers_are_silenced_in_the_editorconfig_only()
    {
        var found =
            from file in SourceTree.CSharpFiles("src").Concat(SourceTree.CSharpFiles("tests"))
            from line in SourceTree.Lines(file).Index()
            where Suppressions.Any(suppression => line.Item.Contains(suppression, StringComparison.Ordinal))
            select $"{file}:{line.Index + 1}";

        found.ShouldBeEmpty();
    }

    [Fact]
    public void Every_suppression_in_the_editorconfig_has_its_reason_above_it()
    {
        var lines = SourceTree.Lines(".editorconfig");
        var unexplained = lines.Index()
            .Where(line => line.Item.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal) && !IsExplained(lines, line.Index))
            .Select(line => $"line {line.Index + 1}: {line.Item}");

        unexplained.ShouldBeEmpty();
    }

    [Fact]
    public void A_file_fits_in_a_readers_head()
    {
        var sources = SourceTree.CSharpFiles("src");

        sources.Count.ShouldBeGreaterThan(100);
        sources.Select(file => (File: file, Lines: SourceTree.Lines(file).Length)).Where(file => file.Lines > MaxLines).ShouldBeEmpty();
    }

    /// <summary>A comment explains the diagnostics that follow it without a gap.</summary>
    private static bool IsExplained(string[] lines, int index)
    {
        while (index > 0 && lines[index].StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)) index--;
        return lines[index].StartsWith('#');
    }
}
