using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>A client on a scripted server and a virtual clock.</summary>
public sealed class ClientFixture : IDisposable
{
    public ClientFixture(IKubernetesCredentials? credentials = null, ILoggerFactory? logs = null)
    {
        Client = new KubernetesClient(
            new KubernetesClientConfiguration { Server = new Uri("http://api.test/prefix/"), Credentials = credentials ?? StaticCredentials.Anonymous },
            new KubernetesClientOptions
            {
                PrimaryHandler = Api,
                TimeProvider = Time,
                Random = new Random(1),
                Metrics = Metrics,
                PageSize = 2,
                LoggerFactory = logs ?? NullLoggerFactory.Instance,
            });
    }

    public ScriptedApi Api { get; } = new();

    public VirtualTimeProvider Time { get; } = new();

    public RuntimeMetrics Metrics { get; } = new();

    public KubernetesClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        Api.Dispose();
        Metrics.Dispose();
    }
}
