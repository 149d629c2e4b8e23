namespace Sluice.Engine.Jobs;

/// <summary>How a Job ended.</summary>
public enum JobEnd
{
    NotYet,
    Complete,
    Failed,
}
