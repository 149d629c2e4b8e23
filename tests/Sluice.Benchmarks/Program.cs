using System.CommandLine;
using Sluice.Benchmarks;
using Sluice.Benchmarks.Analysis;

var root = new RootCommand("Measures the operator's process against an API server in this one.") { BenchCommand.Create(), SoakCommand.Create(), AnalysisCommand.Create() };
return await root.Parse(args).InvokeAsync();
