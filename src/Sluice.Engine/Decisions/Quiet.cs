using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions;

/// <summary>A status that changes in what is remembered alone.</summary>
internal static class Quiet
{
    /// <summary>Phase, message and conditions stay as they are; the next pass says what follows.</summary>
    public static Decision.Transition Change(Pass pass, RolloutStatus status, IReadOnlyList<Announcement> announcements)
    {
        var isNew = pass.Status.Conditions.Count == 0;
        return new Decision.Transition(isNew ? StatusView.Refresh(pass, status, new Outlook(Phase.Progressing, Reasons.Progressing, "not looked at yet")) : status, announcements);
    }
}
