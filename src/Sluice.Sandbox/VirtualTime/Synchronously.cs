namespace Sluice.Sandbox.VirtualTime;

/// <summary>Takes the result of a call to the in-process API server, which is there when the call returns.</summary>
internal static class Synchronously
{
    public static T Complete<T>(Task<T> task) => task.IsCompleted
        ? task.GetAwaiter().GetResult()
        : throw new InvalidOperationException("a call to the in-process API server must complete synchronously");
}
