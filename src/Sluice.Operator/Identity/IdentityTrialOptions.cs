namespace Sluice.Operator.Identity;

/// <summary>How and where it is tried whether names in Decisions are proven.</summary>
internal sealed record IdentityTrialOptions
{
    /// <summary>Where a Decision is forged; names count as proven when it is refused in each of them.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>A Decision counts only where names are proven.</summary>
    public bool IsRequired { get; init; }

    /// <summary>How often what is known to be so is looked at again.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The first wait after a trial that did not end in a refusal, doubled up to <see cref="Period"/>: an API server takes a while to put a new policy into
    /// force, and operator and policy are installed together.
    /// </summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(15);
}
