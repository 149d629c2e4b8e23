using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Simulation.World;

/// <summary>One reconcile of an operator, and the view that it rests on.</summary>
internal sealed record Look(string Operator, string Controller, NamespacedName Key, IClusterReader Reader);
