using Sluice.Api;
using Sluice.Engine.Finalization;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;
using Sluice.Engine.Traffic;

namespace Sluice.Engine.Releases;

/// <summary>One look at a Rollout: the snapshot, and what follows from it directly.</summary>
internal sealed class Pass
{
    private Pass(Snapshot snapshot, DateTimeOffset now)
    {
        Snapshot = snapshot;

        // What is persisted has whole seconds: deciding with the same ones makes a decision the same before and after it was stored.
        Now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset);
        Status = snapshot.Rollout.Status ?? new RolloutStatus();
        Record = snapshot.ReleaseNamed(Status.Release?.Name);
    }

    public Snapshot Snapshot { get; }

    /// <summary>The present time, in whole seconds.</summary>
    public DateTimeOffset Now { get; }

    public Rollout Rollout => Snapshot.Rollout;

    public string Name => Rollout.Metadata.Name ?? "";

    /// <summary>The status as committed.</summary>
    public RolloutStatus Status { get; }

    /// <summary>The Release of the release in flight, once it exists.</summary>
    public Release? Record { get; }

    /// <summary>What is wrong with the spec; empty when it can be acted on.</summary>
    public required IReadOnlyList<FieldError> Errors { get; init; }

    /// <summary>The plan of the spec; null when the spec is invalid.</summary>
    public required ReleasePlan? SpecPlan { get; init; }

    /// <summary>The analysis of the spec with its templates written out: what a release that begins now keeps.</summary>
    public required ResolvedAnalysis SpecAnalysis { get; init; }

    /// <summary>The plan that the release in flight follows; null before its Release exists and when there is none in flight.</summary>
    public required ReleasePlan? ReleasePlan { get; init; }

    /// <summary>The revision that the spec asks for; of an invalid spec, that of the release in flight or of stable.</summary>
    public required string SpecRevision { get; init; }

    /// <summary>The RollBack in force: the spec still asks for the revision that it holds. Null normally.</summary>
    public required RollBackHold? Hold { get; init; }

    /// <summary>
    /// The revision that is to run: the one in the spec, unless a person went back to an earlier Release. Where nobody knows that Release's template any more,
    /// what is stable stays.
    /// </summary>
    public string DesiredRevision => Hold is null
        ? SpecRevision
        : Hold.Revision == StableRevision || HeldRecord is not null ? Hold.Revision : StableRevision ?? SpecRevision;

    /// <summary>The pods of <see cref="DesiredRevision"/>.</summary>
    public PodTemplate Template => HeldRecord?.Spec.Template ?? SpecTemplate;

    /// <summary>The pods that the spec asks for.</summary>
    public required PodTemplate SpecTemplate { get; init; }

    /// <summary>The generations of all that the spec is read from, added up: it grows with a change of any of them.</summary>
    public long SpecGeneration => (Rollout.Metadata.Generation ?? 0) + (Snapshot.Deployment?.Generation ?? 0);

    /// <summary>The migration of <see cref="DesiredRevision"/>.</summary>
    public RolloutMigration? Migration => HeldRecord is { } record ? record.Spec.Migration : Rollout.Spec.Migration;

    /// <summary>
    /// The plan to act by while a release is in flight: that of its Release, or, where somebody deleted the Release, that of the spec, or else the defaults,
    /// which are enough for a way back.
    /// </summary>
    public ReleasePlan PlanInForce =>
        ReleasePlan ?? SpecPlan ?? (Plans.ReleasePlan.Fallback with { Traffic = TrafficPlan.Of(Record?.Spec.Strategy ?? Rollout.Spec.Strategy) });

    /// <summary>What route and Services need next; nothing without a router, and while the Rollout goes without us.</summary>
    public TrafficPass Traffic => field ??= TrafficPass.Of(this, Rollout.Metadata.DeletionTimestamp is null || Holding.IsHeld(Rollout) ? (Status.Release is null ? SpecPlan : PlanInForce)?.Traffic : null);

    /// <summary>How far the Deployment that the spec names has given way.</summary>
    public Adoption Adoption => field ??= new Adoption(this);

    /// <summary>R: the pods wanted in all.</summary>
    public int Replicas => Math.Max(0, Rollout.Spec.Replicas);

    /// <summary>By the spec, or by a person's Pause.</summary>
    public bool IsPaused => Rollout.Spec.Paused || Status.PausedBy is not null;

    /// <summary>No step advances and no release starts.</summary>
    public bool IsHeld => IsPaused || Errors.Count > 0;

    /// <summary>The spec cannot be acted on: by what can be read in it, or by what the API server said to its template.</summary>
    public bool IsRefused => Errors.Count > 0 || (Status.RefusedGeneration is { } generation && generation == SpecGeneration);

    public string? StableRevision => Status.Stable?.Revision;

    private Release? HeldRecord => Hold is null ? null : ReleaseOf(Hold.Revision);

    public static Pass Of(Snapshot snapshot, DateTimeOffset now)
    {
        var analysis = ResolvedAnalysis.Of(snapshot.Rollout.Spec.Analysis, snapshot.Templates);
        var template = Releases.SpecTemplate.Find(snapshot) ?? new PodTemplate();
        var source = PlanSource.Of(snapshot.Rollout, analysis) with { Template = template };
        var status = snapshot.Rollout.Status;
        var record = snapshot.ReleaseNamed(status?.Release?.Name);
        var (plan, errors) = SpecValidation.Check(snapshot, source, record);
        var asked = errors.Count > 0
            ? status?.Release?.Revision ?? status?.Stable?.Revision ?? ""
            : RevisionNames.Resolve(Revision.Of(source), snapshot);
        return new Pass(snapshot, now)
        {
            Errors = errors,
            SpecPlan = plan,
            SpecAnalysis = analysis,
            SpecTemplate = template,
            ReleasePlan = record is null ? null : PlanReader.Read(PlanSource.Of(record, snapshot.Rollout)).Plan,
            SpecRevision = asked,
            Hold = status?.RolledBackTo is { } hold && errors.Count == 0 && hold.HeldRevision == asked ? hold : null,
        };
    }

    /// <summary>How many pods may be there, and how many must be available.</summary>
    public ReplicaBounds Bounds(ReleasePlan plan) => plan.Traffic is null
        ? ReplicaBounds.For(Replicas, plan.MaxSurge, plan.MaxUnavailable)
        : ReplicaBounds.ForRouter(Replicas, plan.MaxSurge, plan.MaxUnavailable);

    /// <summary>The pods of each side before the promotion.</summary>
    public WeightedSplit Split(ReleasePlan plan, int weight) => plan.Traffic switch
    {
        { Preview: { } preview } => new WeightedSplit(preview.PodsFor(Replicas), Replicas, 0),
        not null => WeightedSplit.ForRouter(Replicas, weight),
        null => WeightedSplit.For(Replicas, weight, ReplicaBounds.Resolve(Replicas, plan.MaxSurge, plan.MaxUnavailable).Surge),
    };

    /// <summary>The Release whose template a revision has: the newest of that revision.</summary>
    public Release? ReleaseOf(string? revision) => revision is null ? null : Snapshot.Releases.LastOrDefault(release => release.Spec.Revision == revision);
}
