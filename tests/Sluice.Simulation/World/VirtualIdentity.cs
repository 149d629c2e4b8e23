using Sluice.Engine.Observed;
using Sluice.Operator.Identity;

namespace Sluice.Simulation.World;

/// <summary>Whether names are proven, as a scenario wants it; unknown until it says so.</summary>
internal sealed class VirtualIdentity : IIdentityProof
{
    private readonly List<Action> listeners = [];

    public IdentityProof Current { get; private set; } = IdentityProof.Unknown;

    public void Subscribe(Action changed) => listeners.Add(changed);

    public void Become(IdentityProof proof)
    {
        Current = proof;
        foreach (var listener in listeners) listener();
    }
}
