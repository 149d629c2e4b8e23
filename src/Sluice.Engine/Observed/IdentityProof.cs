namespace Sluice.Engine.Observed;

/// <summary>Whether the API server refuses a Decision in somebody else's name, as it was tried last.</summary>
/// <param name="IsEnforced">Null while no trial had a clear end.</param>
/// <param name="IsRequired">A Decision counts only where it is enforced.</param>
public sealed record IdentityProof(bool? IsEnforced, bool IsRequired)
{
    /// <summary>Why it could not be tried, as the API server said; null where it could, and while that may pass by itself.</summary>
    public string? Obstacle { get; init; }

    public static IdentityProof Unknown { get; } = new(IsEnforced: null, IsRequired: false);
}
