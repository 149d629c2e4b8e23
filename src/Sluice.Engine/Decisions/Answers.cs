using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions;

/// <summary>
/// What the status remembers of Decisions. One that the API server still shows as unanswered is never forgotten: by it alone is known that it was applied.
/// </summary>
internal static class Answers
{
    /// <summary>Answers that are kept for people to read.</summary>
    private const int Kept = 10;

    /// <summary>Answers that may wait to be written into their Decisions; more of them are not given before.</summary>
    private const int MaxOpen = 16;

    private const int MaxMessage = 512;

    public static bool Know(Pass pass, Api.Decision decision) => pass.Status.Decisions.Any(answer => answer.Uid == decision.Metadata.Uid);

    public static bool AreTooManyOpen(Pass pass) => pass.Status.Decisions.Count(answer => IsOpen(pass, answer)) >= MaxOpen;

    public static IReadOnlyList<DecisionAnswer> With(Pass pass, DecisionAnswer answer)
    {
        var known = pass.Status.Decisions;
        return [.. known.Where((earlier, index) => index >= known.Count - Kept + 1 || IsOpen(pass, earlier)), answer];
    }

    /// <summary>The answers that are not in their Decisions yet.</summary>
    public static IEnumerable<Effect> ToWrite(Pass pass) => pass.Status.Decisions.Where(answer => IsOpen(pass, answer)).Select(answer => new Effect.AnswerDecision(
        answer.Name,
        answer.Uid,
        new DecisionStatus { State = answer.State, Message = answer.Message, Release = answer.Release, AnsweredAt = answer.At }));

    public static string Shorten(string message) => StatusText.Shorten(message, MaxMessage);

    private static bool IsOpen(Pass pass, DecisionAnswer answer) => pass.Snapshot.Decisions.Any(decision => decision.Metadata.Uid == answer.Uid);
}
