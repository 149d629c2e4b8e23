using Sluice.Engine;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>
/// What of the present view is known to be the committed state, and not only what the watch cache shows. Transitions need little of it: the status update
/// carries the version that they rest on; only one that ends a release because its pods are missing, or because a Job has not ended, must not miss them for an old view. Effects change other
/// objects, and no version of those says whether the status still calls for it: a process with an old view would raise a canary that another has begun to roll
/// back, or lower one revision counting on pods of the other that are gone.
/// </summary>
/// <param name="Status">The Rollout was read live, or written, in this reconcile.</param>
/// <param name="Pods">The ReplicaSets are read live, and so is the Deployment that is taken over.</param>
internal sealed record Freshness(bool Status, bool Pods)
{
    /// <summary>The pods themselves are read live too: a pod that never became ready in an old view may be ready by now.</summary>
    public bool EachPod { get; init; }

    /// <summary>The Rollout's Migrations are read live: how often one was undone, or contracted, makes the next one's epoch.</summary>
    public bool Migrations { get; init; }

    /// <summary>The Jobs of checks are read live.</summary>
    public bool Jobs { get; init; }

    public static Freshness Cached { get; } = new(Status: false, Pods: false);

    public bool IsEnoughFor(Decision.Transition transition) => ((Pods && EachPod) || !transition.RestsOnMissingPods) && (Jobs || !transition.RestsOnOpenJobs);

    public bool IsEnoughFor(Decision.Act act) =>
        (Status || !act.Effects.Any(ChangesTheWorld))
        && (Pods || !act.Effects.Any(MovesPods))
        && (EachPod || !GoesByEachPod(act))
        && ((Pods && EachPod) || !act.LooksLive)
        && (Migrations || !act.Effects.Any(AsksForMigrations));

    public Freshness NeededBy(Decision.Transition transition) =>
        this with { Pods = Pods || transition.RestsOnMissingPods, EachPod = EachPod || transition.RestsOnMissingPods, Jobs = Jobs || transition.RestsOnOpenJobs };

    /// <summary>Without our finalizer a Rollout takes its pods with it: what it was there for must be seen as it is.</summary>
    public bool IsEnoughForHold => Status && Pods;

    public Freshness NeededBy(Decision.Act act) => this with
    {
        Status = true,
        Pods = Pods || act.LooksLive || act.Effects.Any(MovesPods),
        EachPod = EachPod || act.LooksLive || GoesByEachPod(act),
        Migrations = Migrations || act.Effects.Any(AsksForMigrations),
    };

    private static bool AsksForMigrations(Effect effect) => effect is Effect.CreateMigration;

    private static bool ChangesTheWorld(Effect effect) => effect is not Effect.Measure;

    /// <summary>Traffic goes by which pods are ready, as the pods themselves do.</summary>
    private static bool MovesPods(Effect effect) => effect is
        Effect.Adopt or Effect.Scale or Effect.CreateReplicaSet or Effect.DeleteReplicaSet or Effect.SetWeight or Effect.SelectRevision or Effect.DeletePod or Effect.ScaleDeployment;

    /// <summary>
    /// How many pods can be spared is known from the pods: their ReplicaSet's figures may still count one that was deleted a moment ago. And what is scaled by old pods is scaled
    /// back as soon as a live view shows that they are gone: with both views in turn there would be no end.
    /// </summary>
    private static bool GoesByEachPod(Decision.Act act) => act.Effects.Any(effect => effect is Effect.DeletePod || (act.RestsOnEachPod && MovesPods(effect)));
}
