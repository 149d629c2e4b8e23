using System.CommandLine;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Demo;
using Sluice.Sandbox.Hosting;

var root = new RootCommand("An in-memory Kubernetes API to try Sluice against.")
{
    DemoCommand.Create(), SandboxCommand.Create(), ServeCommand.Create(), ClusterLifeCommand.Create(),
};

// The commands end on signals by themselves, with all they have started.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
