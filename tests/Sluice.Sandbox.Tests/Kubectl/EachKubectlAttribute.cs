using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Sluice.Sandbox.Tests.Kubectl;

/// <summary>Runs a theory with each version of kubectl that this machine has.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EachKubectlAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. KubectlBinary.All.Select(binary => new TheoryDataRow<string>(binary.ToString()))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
