using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Observed;

/// <summary>
/// What carries a Rollout's labels and names and has no controller: its owner was deleted and left it (<c>kubectl delete --cascade=orphan</c>), or somebody
/// took the owner away.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="ResourceVersion">Fences the adoption: that it has no controller was so in this version.</param>
/// <param name="Owners">Owners that it has beside.</param>
public sealed record ObservedOrphan(OrphanKind Kind, string Name, string ResourceVersion, IReadOnlyList<V1OwnerReference> Owners);
