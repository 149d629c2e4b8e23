using Microsoft.Extensions.Logging;
using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Identity;

/// <summary>
/// Forges a Decision now and then, as a server-side dry run, and expects the API server to refuse it: only then does a name in a Decision say who made it.
/// Nothing is ever stored.
/// </summary>
internal sealed partial class IdentityTrial(IClusterWriter writer, IdentityTrialOptions options, TimeProvider time, ILogger<IdentityTrial> logger) : IIdentityProof
{
    /// <summary>A name that no authenticator gives: the prefix is Kubernetes' own.</summary>
    private const string Nobody = "system:sluice:nobody";

    private const string Name = "sluice-identity-trial";

    private volatile IdentityProof current = new(IsEnforced: null, options.IsRequired);
    private volatile Action? listeners;
    private string? obstacle;

    public IdentityProof Current => current;

    public void Subscribe(Action changed) => listeners += changed;

    /// <summary>Tries at once and then again and again; ends when it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var retry = options.FirstRetry;
        try
        {
            while (true)
            {
                var isEnforced = await TryAsync(ct);
                Learn(isEnforced);
                var wait = isEnforced == true ? options.Period : retry;
                retry = isEnforced == true ? options.FirstRetry : TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, options.Period.Ticks));
                await Task.Delay(wait, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The work ends, or another process leads from now on.
        }
    }

    /// <summary>Whether forgeries are refused in every namespace; null when that is not clear.</summary>
    private async Task<bool?> TryAsync(CancellationToken ct)
    {
        bool? all = true;
        foreach (var ns in options.Namespaces)
        {
            var one = await TryAsync(ns, ct);
            if (one == false) return false;

            all = one is null ? null : all;
        }

        return all;
    }

    private async Task<bool?> TryAsync(string ns, CancellationToken ct)
    {
        var forged = new Decision
        {
            Metadata = new V1ObjectMeta { Name = Name, Namespace = ns },
            Spec = new DecisionSpec { Rollout = Name, Action = DecisionAction.Abort, By = Nobody, Reason = "a trial of the operator: this must be refused" },
        };
        try
        {
            await writer.CreateAsync(forged, WriteOptions.ServerDryRun, ct);
            return false;
        }
        catch (KubernetesException refused) when (IsForItsName(refused))
        {
            return true;
        }
        catch (KubernetesException unclear)
        {
            LogUnclear(logger, ns, unclear.Message);
            if (unclear.IsForbidden || unclear.IsNotFound) obstacle = $"in namespace {ns}: {unclear.Message}";
            return null;
        }
    }

    /// <summary>A missing permission, or a rule about labels, proves nothing.</summary>
    private static bool IsForItsName(KubernetesException refused) => refused.IsDeniedByAdmission && refused.Message.Contains("spec.by", StringComparison.Ordinal);

    /// <summary>A trial without a clear end takes nothing back.</summary>
    private void Learn(bool? isEnforced)
    {
        var known = isEnforced ?? current.IsEnforced;
        var next = new IdentityProof(known, options.IsRequired) { Obstacle = known is null ? obstacle : null };
        if (next == current) return;

        current = next;
        if (known == true) LogEnforced(logger);
        else if (known == false) LogNotEnforced(logger, options.IsRequired ? "no Decision counts" : "Decisions count all the same");
        listeners?.Invoke();
    }

    [LoggerMessage(1101, LogLevel.Information, "The API server refuses Decisions in somebody else's name")]
    private static partial void LogEnforced(ILogger logger);

    [LoggerMessage(1102, LogLevel.Warning, "The API server accepts Decisions in anybody's name, so names in them are not proven: {Consequence}. The chart's admission policy proves them")]
    private static partial void LogNotEnforced(ILogger logger, string consequence);

    [LoggerMessage(1103, LogLevel.Warning, "It is not clear whether the API server refuses Decisions in somebody else's name, tried in namespace {Namespace}: {Why}")]
    private static partial void LogUnclear(ILogger logger, string @namespace, string why);
}
