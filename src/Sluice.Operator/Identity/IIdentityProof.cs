using Sluice.Engine.Observed;

namespace Sluice.Operator.Identity;

/// <summary>What a reconcile sees of whether the names in Decisions are proven.</summary>
internal interface IIdentityProof
{
    IdentityProof Current { get; }

    /// <summary>Registers a listener that is called when the answer changes, and not with every trial; it must only put keys into a queue.</summary>
    void Subscribe(Action changed);
}
