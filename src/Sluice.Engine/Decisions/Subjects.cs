namespace Sluice.Engine.Decisions;

/// <summary>What an Override can be about, as the beginning of its subject.</summary>
public static class Subjects
{
    public const string Gate = "gate/";

    public const string Migration = "migration/";

    public const string Lock = "lock/";

    public const string Floor = "floor/";
}
