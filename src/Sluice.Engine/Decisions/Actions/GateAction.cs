using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Approve and Reject: the answer to a gate that waits, given in view of what is known then; neither before nor after.</summary>
internal static class GateAction
{
    public static Ruling Approve(Petition petition, string gate) => Pass(petition, gate, "Approved", petition.Tell($"gate {gate} approved"));

    /// <summary>As <see cref="Approve"/>, where an Override passes the gate.</summary>
    public static Ruling Override(Petition petition, string gate) => Pass(petition, gate, Reasons.Overridden, petition.Tell($"gate {gate} overridden"));

    public static Ruling Reject(Petition petition, string gate)
    {
        if (petition.Flight is not { } release) return petition.NoFlight();
        if ((Advance.Ending(release) ?? NotWaiting(petition, release, gate)) is { } objection) return objection;

        var message = petition.Tell($"gate {gate} rejected");
        return petition.Apply(AbortAction.TakeBack(petition, release, Reasons.GateRejected, message), message);
    }

    private static Ruling Pass(Petition petition, string gate, string reason, string message)
    {
        if (petition.Flight is not { } release) return petition.NoFlight();

        var analysis = Advance.Look(petition, release);
        if ((Advance.Objection(petition, release, analysis) ?? NotWaiting(petition, release, gate)) is { } objection) return objection;

        return Advance.ToStep(petition, release, analysis, (release.Step?.Index ?? 0) + 1, reason, message);
    }

    /// <summary>Why this gate cannot be answered now; null when it waits.</summary>
    private static Ruling? NotWaiting(Petition petition, ReleaseProgress release, string gate)
    {
        var gates = petition.Plan.Steps.Index().Where(step => step.Item is PlanStep.Gate).ToDictionary(step => ((PlanStep.Gate)step.Item).Name, step => step.Index);
        if (!gates.TryGetValue(gate, out var index))
        {
            return Ruling.Refused($"the plan of release {release.Name} has no gate {gate}{(gates.Count == 0 ? "" : $", only {string.Join(", ", gates.Keys)}")}");
        }

        var present = release switch
        {
            { Stage: Stage.Stepping, Step: { } step } => step.Index,
            { Stage: Stage.Promoting or Stage.Soaking } => int.MaxValue,
            _ => -1,
        };
        if (present == index) return null;

        return present > index
            ? Ruling.Late($"release {release.Name} has passed gate {gate}")
            : Ruling.Refused($"gate {gate} is step {index + 1}: release {release.Name} has not come there yet ({Waiting.Where(release)})");
    }
}
