using Sluice.Api;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Plans;

/// <summary>The part of a plan that its strategy says.</summary>
public sealed partial class PlanReader
{
    private StrategyPlan ReadStrategy(RolloutStrategy strategy, AnalysisPlan? analysis)
    {
        switch (strategy)
        {
            case { Canary: { } canary, BlueGreen: null }:
                return ReadCanary(canary, analysis);
            case { Canary: null, BlueGreen: { } blueGreen }:
                return ReadBlueGreen(blueGreen, analysis);
            default:
                Add("spec.strategy", RolloutStrategy.OneOf);
                return new StrategyPlan(default, default, [], null);
        }
    }

    private StrategyPlan ReadCanary(CanaryStrategy canary, AnalysisPlan? analysis)
    {
        const string Field = "spec.strategy.canary";
        CheckSteps(canary.Steps, $"{Field}.steps");
        return new StrategyPlan(
            ReadPods(canary.MaxSurge, $"{Field}.maxSurge"),
            ReadPods(canary.MaxUnavailable, $"{Field}.maxUnavailable"),
            [.. canary.Steps.Select((step, index) => ReadStep(step, $"{Field}.steps[{index}]", analysis))],
            ReadTraffic(canary));
    }

    /// <summary>Without autoPromote the last step is one that a person ends. A whole second set of pods is the surge, so that none of the first need be missing.</summary>
    private StrategyPlan ReadBlueGreen(BlueGreenStrategy blueGreen, AnalysisPlan? analysis)
    {
        const string Field = "spec.strategy.blueGreen";
        CheckSteps(blueGreen.PrePromotion, $"{Field}.prePromotion");
        if (blueGreen.ActiveService.Length == 0) Add($"{Field}.activeService", "required");
        if (blueGreen.PreviewService.Length == 0) Add($"{Field}.previewService", "required");
        else if (blueGreen.PreviewService == blueGreen.ActiveService) Add($"{Field}.previewService", $"'{blueGreen.PreviewService}' is the activeService too: {BlueGreenStrategy.TwoServices}");
        if (blueGreen.PreviewReplicas < 1) Add($"{Field}.previewReplicas", $"must be at least 1, is {blueGreen.PreviewReplicas}");
        foreach (var (index, step) in blueGreen.PrePromotion.Index())
        {
            if (step?.SetWeight is not null) Add($"{Field}.prePromotion[{index}].setWeight", BlueGreenStrategy.NoWeights);
        }

        var steps = blueGreen.PrePromotion.Select((step, index) => ReadStep(step, $"{Field}.prePromotion[{index}]", analysis));
        return new StrategyPlan(
            CountOrPercent.Whole,
            default,
            blueGreen.AutoPromote ? [.. steps] : [.. steps, new PlanStep.Pause(null)],
            TrafficPlan.Of(blueGreen, Duration(blueGreen.ScaleDownDelay, $"{Field}.scaleDownDelay")));
    }

    private void CheckSteps(IReadOnlyList<CanaryStep> steps, string field)
    {
        if (ChecksReader.TooMany(steps, field) is { } tooMany) errors.Add(tooMany);
        foreach (var twice in steps.Select(step => step?.Gate?.Name).OfType<string>().GroupBy(name => name).Where(group => group.Count() > 1))
        {
            Add(field, $"the gate '{twice.Key}' is there twice: a Decision could not say which is meant");
        }
    }

    private TrafficPlan? ReadTraffic(CanaryStrategy canary)
    {
        const string Field = "spec.strategy.canary";
        var delay = Duration(canary.ScaleDownDelay, $"{Field}.scaleDownDelay");
        if (canary.Traffic is not { } traffic) return null;
        switch (traffic)
        {
            case { GatewayAPI: { } gateway, Istio: null, Nginx: null }:
                CheckName(gateway.HttpRoute, $"{Field}.traffic.gatewayAPI.httpRoute");
                CheckServices(gateway.StableService, gateway.CanaryService, $"{Field}.traffic.gatewayAPI");
                break;
            case { GatewayAPI: null, Istio: { } istio, Nginx: null }:
                CheckName(istio.VirtualService, $"{Field}.traffic.istio.virtualService");
                CheckIstio(istio, $"{Field}.traffic.istio");
                break;
            case { GatewayAPI: null, Istio: null, Nginx: { } nginx }:
                CheckName(nginx.Ingress, $"{Field}.traffic.nginx.ingress");
                CheckServices(nginx.StableService, nginx.CanaryService, $"{Field}.traffic.nginx");
                break;
            default:
                Add($"{Field}.traffic", CanaryTraffic.OneOf);
                break;
        }

        return TrafficPlan.SidesOf(traffic) is var (stable, other) ? new TrafficPlan(stable, other, delay) : null;
    }

    private void CheckIstio(IstioTraffic istio, string field)
    {
        switch (istio)
        {
            case { DestinationRule: { } rule, StableService: null, CanaryService: null }:
                CheckName(rule.Name, $"{field}.destinationRule.name");
                CheckName(rule.StableSubset, $"{field}.destinationRule.stableSubset");
                CheckName(rule.CanarySubset, $"{field}.destinationRule.canarySubset");
                if (rule.CanarySubset == rule.StableSubset) Add($"{field}.destinationRule", $"'{rule.CanarySubset}' is named twice: {IstioSubsets.TwoSubsets}");
                break;
            case { DestinationRule: null, StableService: { } stable, CanaryService: { } canary }:
                CheckServices(stable, canary, field);
                break;
            default:
                Add(field, IstioTraffic.OneOf);
                break;
        }
    }

    private void CheckServices(string stable, string canary, string field)
    {
        CheckName(stable, $"{field}.stableService");
        CheckName(canary, $"{field}.canaryService");
        if (canary.Length > 0 && canary == stable) Add($"{field}.canaryService", $"'{canary}' is the stableService too: the traffic could not be split between them");
    }

    private void CheckName(string name, string field)
    {
        if (name.Length == 0) Add(field, "required");
    }

    private sealed record StrategyPlan(CountOrPercent MaxSurge, CountOrPercent MaxUnavailable, IReadOnlyList<PlanStep> Steps, TrafficPlan? Traffic);
}
