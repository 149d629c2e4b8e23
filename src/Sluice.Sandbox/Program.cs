using System.CommandLine;
using Sluice.Sandbox.Hosting;

var root = new RootCommand("An in-memory Kubernetes API to try Sluice against.") { ServeCommand.Create() };
return await root.Parse(args).InvokeAsync();
