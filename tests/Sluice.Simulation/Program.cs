using Sluice.Simulation.Running;

// With `simulate` as its first word this program runs histories by the thousand; otherwise it is the tests' runner.
return args is ["simulate", .. var rest] ? SimulateCommand.Run(rest) : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
