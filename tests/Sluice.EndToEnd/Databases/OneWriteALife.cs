using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd.Databases;

/// <summary>Operators that are killed, one after the other, each as soon as the first of its writes is committed and before it hears of that.</summary>
internal static class OneWriteALife
{
    private const string Operator = "sluice-operator/";

    /// <summary>Starts operators until the end is reached, the last of which stays. Events explain, nothing rests on them: those nobody is killed for.</summary>
    /// <returns>How many were killed.</returns>
    public static async Task<int> RunAsync(SandboxEnvironment environment, Func<Task<bool>> isReached)
    {
        var killings = 0;
        while (true)
        {
            var isKilled = false;
            var isUp = false;

            // Until it is known which process to kill, it may not write.
            environment.ApiServer.Hooks.BeforeCommit = request =>
                !Volatile.Read(ref isUp) && IsWriteThatCounts(request) ? ApiResponse.Failure(ApiStatus.TooManyRequests(1)) : null;
            environment.ApiServer.Hooks.Committed = write =>
            {
                if (Volatile.Read(ref isKilled) || write.Resource == "events" || !write.UserAgent.StartsWith(Operator, StringComparison.Ordinal)) return;
                _ = environment.Operator!.KillAsync();
                Volatile.Write(ref isKilled, true);
            };
            await environment.StartOperatorAsync(TestContext.Current.CancellationToken);
            Volatile.Write(ref isUp, true);

            var isOver = false;
            var moved = await Support.Shop.EventuallyAsync(async () => Volatile.Read(ref isKilled) || (isOver = await isReached()), TimeSpan.FromMinutes(2));
            moved.ShouldBeTrue($"after {killings} operators were killed the next one writes nothing, and the release is not at its end");
            if (isOver && !Volatile.Read(ref isKilled))
            {
                (environment.ApiServer.Hooks.BeforeCommit, environment.ApiServer.Hooks.Committed) = (null, null);
                return killings;
            }

            await environment.KillOperatorAsync();
            killings++;
        }
    }

    private static bool IsWriteThatCounts(ApiRequest request) =>
        request.IsWrite && request.UserAgent.StartsWith(Operator, StringComparison.Ordinal) && !request.Path.Contains("/events", StringComparison.Ordinal) && !request.Query.ContainsKey("dryRun");
}
