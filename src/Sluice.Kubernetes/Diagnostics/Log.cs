using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Diagnostics;

/// <summary>What the runtime logs; event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Cache of {Resource} synced: {Count} objects")]
    public static partial void CacheSynced(ILogger logger, string resource, int count);

    [LoggerMessage(1002, LogLevel.Warning, "Watch of {Resource} will be tried again in {Delay}: {Cause}")]
    public static partial void WatchFailed(ILogger logger, string resource, TimeSpan delay, string cause);

    [LoggerMessage(1003, LogLevel.Error, "{Resource} {Key} cannot be read and is left out: {Cause}")]
    public static partial void UndecodableObject(ILogger logger, string resource, NamespacedName key, string cause);

    [LoggerMessage(1004, LogLevel.Information, "The server does not stream lists of {Resource}; they are read instead")]
    public static partial void StreamingListRefused(ILogger logger, string resource);

    [LoggerMessage(1005, LogLevel.Error, "A change of {Resource} {Key} could not be passed on")]
    public static partial void HandlerFailed(ILogger logger, string resource, NamespacedName key, Exception error);

    [LoggerMessage(1006, LogLevel.Error, "Watch of {Resource} met a defect and begins anew")]
    public static partial void WatchDefect(ILogger logger, string resource, Exception error);

    [LoggerMessage(1007, LogLevel.Warning, "The API server warns: {Text}")]
    public static partial void ServerWarned(ILogger logger, string text);

    [LoggerMessage(1008, LogLevel.Warning, "An event of {Resource} {Key} was lost in a live watch: the cache had version {Cached}, the server has {Current}")]
    public static partial void EventMissed(ILogger logger, string resource, NamespacedName key, string cached, string current);

    [LoggerMessage(1009, LogLevel.Warning, "Events of {Count} {Resource} were lost in a live watch: all of them are read anew")]
    public static partial void EventsMissed(ILogger logger, string resource, int count);

    [LoggerMessage(1010, LogLevel.Warning, "The cache of {Resource} could not be compared with the server, next attempt in {Delay}: {Cause}")]
    public static partial void VerificationFailed(ILogger logger, string resource, TimeSpan delay, string cause);

    [LoggerMessage(1011, LogLevel.Warning, "The cache of {Resource} cannot be compared with this server, next attempt in {Delay}: {Cause}")]
    public static partial void VerificationUnsupported(ILogger logger, string resource, TimeSpan delay, string cause);

    [LoggerMessage(1101, LogLevel.Error, "Reconcile of {Controller} {Key} failed, next attempt in {Delay}")]
    public static partial void ReconcileFailed(ILogger logger, string controller, NamespacedName key, TimeSpan delay, Exception error);

    [LoggerMessage(1102, LogLevel.Information, "Reconcile of {Controller} {Key} starts over in {Delay}: {Cause}")]
    public static partial void ReconcileConflicted(ILogger logger, string controller, NamespacedName key, TimeSpan delay, string cause);

    [LoggerMessage(1103, LogLevel.Error, "Reconcile of {Controller} {Key} failed for good: {Cause}")]
    public static partial void ReconcileTerminated(ILogger logger, string controller, NamespacedName key, string cause);

    [LoggerMessage(1104, LogLevel.Information, "Controller {Controller} started with {Workers} workers")]
    public static partial void ControllerStarted(ILogger logger, string controller, int workers);

    [LoggerMessage(1105, LogLevel.Information, "Controller {Controller} stopped")]
    public static partial void ControllerStopped(ILogger logger, string controller);

    [LoggerMessage(1106, LogLevel.Warning, "Reconciles of {Controller} still run {Grace} after the stop and are cancelled")]
    public static partial void ReconcilesCancelled(ILogger logger, string controller, TimeSpan grace);

    [LoggerMessage(1107, LogLevel.Error, "Reconcile of {Controller} {Key} failed, next attempt in {Delay}: {Cause}")]
    public static partial void ReconcileRefused(ILogger logger, string controller, NamespacedName key, TimeSpan delay, string cause);

    [LoggerMessage(1201, LogLevel.Information, "{Identity} leads by lease {Lease}")]
    public static partial void LeadershipAcquired(ILogger logger, string identity, string lease);

    [LoggerMessage(1202, LogLevel.Error, "{Identity} does not lead any more: {Cause}")]
    public static partial void LeadershipLost(ILogger logger, string identity, string cause);

    [LoggerMessage(1203, LogLevel.Warning, "Lease {Lease} could not be renewed yet: {Cause}")]
    public static partial void RenewalFailed(ILogger logger, string lease, string cause);

    [LoggerMessage(1204, LogLevel.Information, "Lease {Lease} is held by {Holder}")]
    public static partial void LeaseObserved(ILogger logger, string lease, string holder);

    [LoggerMessage(1205, LogLevel.Information, "Lease {Lease} released")]
    public static partial void LeaseReleased(ILogger logger, string lease);

    [LoggerMessage(1206, LogLevel.Warning, "Lease {Lease} could not be released and will expire: {Cause}")]
    public static partial void ReleaseFailed(ILogger logger, string lease, string cause);

    [LoggerMessage(1207, LogLevel.Warning, "Lease {Lease} could not be acquired: {Cause}")]
    public static partial void AcquisitionFailed(ILogger logger, string lease, string cause);

    [LoggerMessage(1208, LogLevel.Warning, "Lease {Lease} had been deleted: it is made anew")]
    public static partial void LeaseMadeAnew(ILogger logger, string lease);

    [LoggerMessage(1301, LogLevel.Warning, "Event {Reason} of {Key} was not sent: {Cause}")]
    public static partial void EventDropped(ILogger logger, string reason, NamespacedName key, string cause);
}
