using System.CommandLine;
using Sluice.Benchmarks;

var root = new RootCommand("Measures the operator's process against an API server in this one.") { BenchCommand.Create(), SoakCommand.Create() };
return await root.Parse(args).InvokeAsync();
