using System.CommandLine;
using Sluice.CrdGenerator;

var output = new Option<DirectoryInfo>("--output")
{
    Description = "Folder that the CRDs and their kustomization are written to.",
    Required = true,
};
var command = new RootCommand("Writes the CustomResourceDefinitions of Sluice from its records.") { output };
command.SetAction(result =>
{
    var folder = result.GetRequiredValue(output);
    folder.Create();
    foreach (var (name, content) in CrdFiles.Generate())
    {
        File.WriteAllText(Path.Combine(folder.FullName, name), content);
        Console.WriteLine(Path.Combine(folder.ToString(), name));
    }
});
return command.Parse(args).Invoke();
