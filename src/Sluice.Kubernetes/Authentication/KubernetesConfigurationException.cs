namespace Sluice.Kubernetes.Authentication;

/// <summary>What was configured about the cluster is missing or wrong: says what, and where. Never carries a secret.</summary>
public sealed class KubernetesConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
