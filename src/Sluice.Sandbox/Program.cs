using System.CommandLine;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Hosting;

var root = new RootCommand("An in-memory Kubernetes API to try Sluice against.") { ServeCommand.Create(), ClusterLifeCommand.Create() };
return await root.Parse(args).InvokeAsync();
