namespace Sluice.Engine.Decisions;

/// <summary>What an Override can be about, as the beginning of its subject.</summary>
public static class Subjects
{
    public const string Gate = "gate/";

    public const string Migration = "migration/";

    public const string Lock = "lock/";

    public const string Floor = "floor/";

    /// <summary>Not of an Override: of the record of a Retry of a revision that is not the one of the last release.</summary>
    public const string Revision = "revision/";
}
