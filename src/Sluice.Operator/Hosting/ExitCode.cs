namespace Sluice.Operator.Hosting;

/// <summary>What the process's exit tells whoever started it.</summary>
internal static class ExitCode
{
    /// <summary>Stopped on request, lease released.</summary>
    public const int Success = 0;

    /// <summary>Leadership lost, or something that only a restart can mend.</summary>
    public const int Failure = 1;

    /// <summary>The configuration is wrong: a restart will not help.</summary>
    public const int BadConfiguration = 2;
}
