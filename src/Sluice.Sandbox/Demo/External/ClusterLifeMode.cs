namespace Sluice.Sandbox.Demo.External;

/// <summary>Who moves the pods of a cluster that is not the sandbox's own.</summary>
public enum ClusterLifeMode
{
    /// <summary>The cluster itself if one of its nodes is ready, else the sandbox.</summary>
    Detect,

    /// <summary>The sandbox's controllers and its simulated node: for an API server that has none.</summary>
    Simulated,

    /// <summary>The cluster's own controllers and nodes.</summary>
    Real,
}
