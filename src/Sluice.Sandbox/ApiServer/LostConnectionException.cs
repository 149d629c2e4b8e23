namespace Sluice.Sandbox.ApiServer;

/// <summary>Thrown by a hook to leave a request without an answer: hosts cut the connection.</summary>
public sealed class LostConnectionException(string message) : Exception(message);
