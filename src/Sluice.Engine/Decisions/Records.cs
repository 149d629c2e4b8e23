using Sluice.Api;

namespace Sluice.Engine.Decisions;

/// <summary>A Decision as others remember it.</summary>
public static class Records
{
    public static DecisionRecord Of(Api.Decision decision)
    {
        var spec = decision.Spec;
        return new DecisionRecord
        {
            Name = decision.Metadata.Name ?? "",
            By = spec.By,
            Action = spec.Action,
            At = decision.Metadata.CreationTimestamp,
            Reason = spec.Reason,
            Subject = spec.Subject ?? (spec.Gate is null ? null : $"{Subjects.Gate}{spec.Gate}"),
            Ticket = spec.Ticket,
        };
    }
}
