using Sluice.Engine.Observed;
using Sluice.Operator.Identity;

namespace Sluice.Benchmarks.Setup;

/// <summary>Nothing is tried: what is known of names stays as it is.</summary>
internal sealed class NoIdentity : IIdentityProof
{
    public IdentityProof Current => IdentityProof.Unknown;

    public void Subscribe(Action changed)
    {
    }
}
