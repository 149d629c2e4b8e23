namespace Sluice.Engine.Observed;

/// <summary>Whether the API server refuses a Decision in somebody else's name, as it was tried last.</summary>
/// <param name="IsEnforced">Null while no trial had a clear end.</param>
/// <param name="IsRequired">A Decision counts only where it is enforced.</param>
public sealed record IdentityProof(bool? IsEnforced, bool IsRequired)
{
    public static IdentityProof Unknown { get; } = new(IsEnforced: null, IsRequired: false);
}
