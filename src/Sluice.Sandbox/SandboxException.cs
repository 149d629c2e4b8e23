namespace Sluice.Sandbox;

/// <summary>Something that the sandbox needs is missing or did not start; the message is for the person at the terminal.</summary>
public sealed class SandboxException(string message, Exception? innerException = null) : Exception(message, innerException);
