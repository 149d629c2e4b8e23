using System.Diagnostics;
using Sluice.Simulation.Power;
using Sluice.Simulation.Running;

// With one of these as its first word this program runs histories by the thousand, or makes the source in which bugs are planted; otherwise it is the tests' runner.
return args switch
{
    ["simulate", .. var rest] => SimulateCommand.Run(rest),
    ["plant", .. var rest] => PowerCommand.Plant(rest),
    ["power", .. var rest] => PowerCommand.Run(rest),
    _ => await RunTestsAsync(args),
};

// Virtual time waits for nobody; the tests of other projects beside it wait for real processes, and go first.
static async Task<int> RunTestsAsync(string[] args)
{
    Process.GetCurrentProcess().PriorityClass = ProcessPriorityClass.BelowNormal;
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
