using Sluice.CrdGenerator;

namespace Sluice.Api.Tests.Crd;

public sealed class ProgramTests
{
    private static int Run(params string[] arguments) => (int)typeof(CrdFiles).Assembly.EntryPoint!.Invoke(null, [arguments])!;

    [Fact]
    public void The_program_writes_every_file_into_the_folder_that_it_is_given()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-crds-");
        try
        {
            Run("--output", Path.Combine(folder.FullName, "crd")).ShouldBe(0);
            Directory.GetFiles(Path.Combine(folder.FullName, "crd")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(CrdFiles.Generate().Keys);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_program_fails_without_a_folder() => Run().ShouldNotBe(0);
}
