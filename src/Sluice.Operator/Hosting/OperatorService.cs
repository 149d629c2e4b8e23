using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Events;
using Sluice.Kubernetes.Leadership;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Hosting.Health;
using Sluice.Operator.Identity;

namespace Sluice.Operator.Hosting;

/// <summary>
/// The work: caches from the first moment on (a standby's are warm), controllers and events while leading. When asked to stop, reconciles finish,
/// events are sent, and then the lease is released. Without an elector nobody else is to be agreed with.
/// </summary>
internal sealed class OperatorService(
    InformerFactory informers,
    ControllerManager controllers,
    EventRecorder events,
    IdentityTrial identity,
    LeaderElector? elector,
    CacheSync sync,
    IHostApplicationLifetime lifetime,
    ILogger<OperatorService> logger) : BackgroundService
{
    /// <summary>The work ended because another process may lead now.</summary>
    public bool LostLeadership { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var caches = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var caching = informers.RunAsync(caches.Token);
        var reporting = sync.ReportAsync(stop.Token);
        try
        {
            var work = elector is null ? LeadAsync(stop.Token) : ElectAsync(elector, stop.Token);
            await Task.WhenAny(work, caching);
            await stop.CancelAsync();
            await work;
            if (caching.IsFaulted) await caching;
        }
        finally
        {
            await caches.CancelAsync();
            await reporting;
            lifetime.StopApplication();
        }
    }

    private async Task ElectAsync(LeaderElector election, CancellationToken stop)
    {
        if (await election.RunAsync(LeadAsync, stop) != LeadershipOutcome.Lost) return;

        LostLeadership = true;
        HostingLog.LeadershipLost(logger);
    }

    private async Task LeadAsync(CancellationToken stop)
    {
        using var recording = new CancellationTokenSource();
        var recorder = events.RunAsync(recording.Token);
        if (elector?.Lease is { } lease) events.Record(lease, "Normal", "LeaderElection", "Lead", $"{lease.Spec?.HolderIdentity} became leader");
        using var trying = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var trial = identity.RunAsync(trying.Token);
        try
        {
            await controllers.RunAsync(stop);
        }
        finally
        {
            // Controllers can end by a failure too, which nobody has asked for.
            await trying.CancelAsync();
            await trial;
            await recording.CancelAsync();
            await recorder;
        }
    }
}
