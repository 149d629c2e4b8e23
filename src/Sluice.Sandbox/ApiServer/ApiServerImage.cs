using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer;

/// <summary>
/// The contents of an API server at one moment, for others to begin with (<see cref="ApiServerOptions.Image"/>): what thousands of simulated clusters have in common is
/// applied once. Nothing changes it, and any number of servers may share it.
/// </summary>
public sealed class ApiServerImage
{
    internal ApiServerImage(
        DateTimeOffset takenAt, long resourceVersion, ulong drawn, IReadOnlyList<(string Resource, StoredObject Stored)> stored, IReadOnlyList<ResourceType> customTypes) =>
        (TakenAt, ResourceVersion, Drawn, Stored, CustomTypes) = (takenAt, resourceVersion, drawn, stored, customTypes);

    /// <summary>When it was taken, by the server's clock.</summary>
    public DateTimeOffset TakenAt { get; }

    internal long ResourceVersion { get; }

    /// <summary>How much of its seed the server had used up.</summary>
    internal ulong Drawn { get; }

    /// <summary>The objects with the names of their resources (<c>pods</c>, <c>rollouts.sluice.dev</c>), in the order of their versions.</summary>
    internal IReadOnlyList<(string Resource, StoredObject Stored)> Stored { get; }

    internal IReadOnlyList<ResourceType> CustomTypes { get; }
}
