namespace Sluice.Sandbox.Tests.Kubectl;

internal sealed record KubectlResult(int ExitCode, string Output, string Error)
{
    public string Everything => Output + Error;
}
