using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Operator.Hosting.Options;

namespace Sluice.Operator.Hosting;

/// <summary>The command line: <c>run</c>, which is also what happens without a command.</summary>
/// <param name="environment">An environment variable's value, null when it is not set.</param>
/// <param name="error">Where problems with the configuration are told.</param>
/// <param name="run">Runs the operator to its end and gives the exit code.</param>
internal sealed class OperatorCommand(Func<string, string?> environment, TextWriter error, Func<OperatorOptions, Task<int>> run)
{
    // By default the command line would end the process two seconds after SIGTERM, whatever is under way.
    private static readonly InvocationConfiguration SignalsAreTheHosts = new() { ProcessTerminationTimeout = null };

    private readonly List<(Setting Setting, Option<string> Option)> _options = [.. Settings.All.Select(setting => (setting, CreateOption(setting)))];

    public async Task<int> InvokeAsync(IReadOnlyList<string> args)
    {
        var parsed = CreateRoot().Parse(args);
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(SignalsAreTheHosts);

        await TellAsync(parsed.Errors.Select(problem => problem.Message));
        return ExitCode.BadConfiguration;
    }

    private static Option<string> CreateOption(Setting setting) => new(setting.Flag)
    {
        Description = $"{setting.Description} [{setting.Variable}]",
        HelpName = setting.Placeholder,
        Recursive = true,
        Arity = setting.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    };

    private RootCommand CreateRoot()
    {
        var root = new RootCommand("Sluice releases new versions of services step by step. Options come from flags, else environment variables, else the configuration file.");
        foreach (var (_, option) in _options) root.Options.Add(option);
        root.SetAction((parsed, _) => RunAsync(parsed));
        var runCommand = new Command("run", "Runs the operator (the default).");
        runCommand.SetAction((parsed, _) => RunAsync(parsed));
        root.Subcommands.Add(runCommand);
        return root;
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        switch (OptionsLoader.Load(ReadFlags(parsed), environment))
        {
            case OptionsLoad.Valid(var options):
                return await run(options);
            case OptionsLoad.Invalid(var problems):
                await TellAsync(problems);
                return ExitCode.BadConfiguration;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private Dictionary<string, string> ReadFlags(ParseResult parsed)
    {
        var flags = new Dictionary<string, string>();
        foreach (var (setting, option) in _options)
        {
            if (parsed.GetResult(option) is OptionResult { Implicit: false }) flags[setting.Name] = parsed.GetValue(option) ?? "true";
        }

        return flags;
    }

    private async Task TellAsync(IEnumerable<string> problems)
    {
        foreach (var problem in problems) await error.WriteLineAsync($"sluice-operator: {problem}");
    }
}
