using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>
/// One migration of one revision, with everything its Jobs need. Written by the operator and not owned by the Rollout:
/// deleting or re-creating the Rollout must not replay it.
/// </summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "Migration", PluralName = "migrations")]
[Description("One database migration of one revision, with everything its Jobs need and what became of them. Written by the operator; "
    + "the spec never changes. It outlives its Rollout, so that what has succeeded is never started again: delete it only to allow that.")]
[ResourceNames(Categories = "sluice")]
[SelectableField(".spec.rollout")]
[SelectableField(".spec.lock")]
[PrinterColumn("Rollout", "string", ".spec.rollout", "The Rollout that asked for it.")]
[PrinterColumn("Phase", "string", ".spec.phase", "Its phase.")]
[PrinterColumn("State", "string", ".status.state", "What became of it.")]
[PrinterColumn("Lock", "string", ".status.lock.summary", "Whether it holds its lock, or its place in the queue.")]
[PrinterColumn("Attempts", "integer", ".status.attempt", "How often it was tried.")]
[PrinterColumn("Started", "date", ".status.startedAt", "When it started.")]
[PrinterColumn("Finished", "date", ".status.finishedAt", "When it finished.")]
public sealed record Migration : IKubernetesObject<Migration>
{
    public const string KindName = "Migration";

    public string? ApiVersion { get => field ?? ApiGroup.ApiVersion; init; }

    public string? Kind { get => field ?? KindName; init; }

    public V1ObjectMeta Metadata { get => field ?? new(); init; }

    [Description("What is to be run.")]
    [Required]
    [CelRule("self == oldSelf", "a Migration's spec never changes")]
    public MigrationSpec Spec { get => field ?? new(); init; }

    [Description("What became of it.")]
    public MigrationStatus? Status { get; init; }

    public Migration WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

/// <summary>All that a migration's Jobs need.</summary>
public sealed record MigrationSpec(
    [property: Description("How often is tried again after a failure.")]
    [property: Minimum(0)]
    [property: Maximum(10)]
    [property: Default(0)]
    int Retries = 0,
    [property: Description("Whether the end of the Job's log is kept.")]
    [property: Default(true)]
    bool LogTail = true)
{
    public const int MaxPredecessors = 100;

    [Description("Name of the Rollout.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    public string Rollout { get => field ?? ""; init; }

    [Description("Name of the Release that asked for it first.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    public string Release { get => field ?? ""; init; }

    [Description("The revision whose migration it is: 10 hexadecimal digits.")]
    [MaxLength(63)]
    public string? Revision { get; init; }

    [Description("Its phase: Expand runs before any pod of the new revision exists, Contract once no pod of an older one is left, Undo after a rollback.")]
    [Required]
    public MigrationPhase Phase { get; init; }

    [Description("One migration at a time runs per lock name in a namespace.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    public string Lock { get => field ?? ""; init; }

    [Description("How long is waited for the lock. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("30m")]
    public string LockTimeout { get => field ?? "30m"; init; }

    [Description("Identifies what runs: a hash of image, command, arguments and environment, and of an undo also of what it takes back.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    public string Key { get => field ?? ""; init; }

    [Description("Counted up when the same key must run again: because it was undone, or because a later contract has begun.")]
    [Minimum(0)]
    public int Epoch { get; init; }

    [Description("Of an undo: the key of the expand migration that it takes back.")]
    [MaxLength(63)]
    public string? Undoes { get; init; }

    [Description("Of a contract: whether no older revision can run once it has begun.")]
    [Default(false)]
    public bool Irreversible { get; init; }

    [Description("Of a contract: the revisions promoted before its release, the newest first. What it removes is what they need.")]
    [MaxItems(MaxPredecessors)]
    [MaxLength(63)]
    [ListType("set")]
    public IReadOnlyList<string> Predecessors { get => field ?? []; init; }

    [Description("Of a contract: that it is not to run any more, because a revision from before was promoted again. Such a Migration never begins.")]
    [Default(false)]
    public bool Dropped { get; init; }

    [Description("ServiceAccount of this namespace under which the Jobs run.")]
    [MaxLength(253)]
    [Default("default")]
    public string ServiceAccountName { get => field ?? "default"; init; }

    [Description("Image of the Jobs.")]
    [Required]
    [MinLength(1)]
    [MaxLength(1024)]
    public string Image { get => field ?? ""; init; }

    [Description("Annotations of the Jobs' pods.")]
    [MaxProperties(256)]
    public IReadOnlyDictionary<string, string> Annotations { get => field ?? new Dictionary<string, string>(); init; }

    [Description("Names of the Secrets of this namespace with which the image is pulled.")]
    [MaxItems(32)]
    [MaxLength(253)]
    [ListType("set")]
    public IReadOnlyList<string> ImagePullSecrets { get => field ?? []; init; }

    [Description("Environment of the Jobs.")]
    [MaxItems(128)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<EnvVar> Env { get => field ?? []; init; }

    [Description("Sources of environment of the Jobs.")]
    [MaxItems(32)]
    [ListType("atomic")]
    public IReadOnlyList<EnvFromSource> EnvFrom { get => field ?? []; init; }

    [Description("The command.")]
    [Required]
    [MinItems(1)]
    [MaxItems(64)]
    [MaxLength(4096)]
    [ListType("atomic")]
    public IReadOnlyList<string> Command { get => field ?? []; init; }

    [Description("Its arguments.")]
    [MaxItems(64)]
    [MaxLength(4096)]
    [ListType("atomic")]
    public IReadOnlyList<string> Args { get => field ?? []; init; }

    [Description("The command that proves the result.")]
    [MaxItems(64)]
    [MaxLength(4096)]
    [ListType("atomic")]
    public IReadOnlyList<string> Verify { get => field ?? []; init; }

    [Description("How long one Job may take. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("10m")]
    public string Timeout { get => field ?? "10m"; init; }

    [Description("Whether the command may be run again after it was interrupted anywhere.")]
    [Default(false)]
    public bool Idempotent { get; init; }

    [Description("What happens to a running Job when the release is given up.")]
    [Default("Wait")]
    public CancelPolicy CancelPolicy { get; init; }
}
