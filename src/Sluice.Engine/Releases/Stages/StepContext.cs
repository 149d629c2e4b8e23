using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases.Stages;

/// <summary>One look at the step that is being taken.</summary>
internal sealed record StepContext(
    Pass Pass, ReleasePlan Plan, ReleaseProgress Release, StepStatus Step, AnalysisLook Analysis, WorkloadPass Workload, WeightedSplit Split)
{
    public string Where => $"step {Step.Index + 1} of {Step.Of}";

    public string Exposure => Releases.Exposure.Of(Plan, Pass.Status.Canary?.Weight);

    /// <summary>
    /// Pods and route are as the weight asks for. With a router neither stable's pods are anything that the step has to wait for, nor the canary's that wait out their
    /// delay at a weight of 0.
    /// </summary>
    public bool IsThere => Plan.Traffic is null
        ? Workload.IsSettled
        : Pass.Traffic.IsSettled
            && Pass.Snapshot.ReplicaSetOf(Release.Revision) is var set
            && (set?.Desired ?? 0) == Pass.Traffic.CanaryPods(Release.Revision, Split.Canary)
            && (set?.Available ?? 0) >= Split.Canary;

    public Decision.Transition Next(string why)
    {
        var judged = Analysis.JudgedOf(Release);
        return StageViews.Moved(Pass, Transitions.EnterStep(Pass, Plan, judged, Step.Index + 1, Reasons.Progressing, why));
    }
}
