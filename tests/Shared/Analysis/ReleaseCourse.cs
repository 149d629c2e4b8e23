namespace Sluice.Testing.Analysis;

/// <summary>What a simulated release is put through, apart from its traffic.</summary>
internal sealed record ReleaseCourse
{
    public static readonly ReleaseCourse Usual = new();

    /// <summary>Percent, one after the other; each takes a minute at least.</summary>
    public IReadOnlyList<int> Weights { get; init; } = [10, 20, 30, 40, 50];

    /// <summary>Minutes before the release of which stable's errors are known.</summary>
    public int HistoryMinutes { get; init; } = 60;

    /// <summary>After so long the release is given up.</summary>
    public int GiveUpSeconds { get; init; } = 3600;
}
