using System.ComponentModel;
using System.Text.Json;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>The database migration that belongs to a revision.</summary>
public sealed record RolloutMigration
{
    [Description("One migration at a time runs per lock name in a namespace. Default: the Rollout's name. Locks do not reach across namespaces.")]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string? Lock { get; init; }

    [Description("How long is waited for the lock. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("30m")]
    public string LockTimeout { get => field ?? "30m"; init; }

    [Description("ServiceAccount of this namespace under which the Jobs run.")]
    [MaxLength(253)]
    [Pattern(Patterns.DnsSubdomain)]
    [Default("default")]
    public string ServiceAccountName { get => field ?? "default"; init; }

    [Description("Image of the Jobs. Default: the image of the template's first container.")]
    [MinLength(1)]
    [MaxLength(1024)]
    public string? Image { get; init; }

    [Description("Annotations of the Jobs' pods. Default: those of the pod template.")]
    [MaxProperties(256)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    [Description("Environment of the Jobs. Default: that of the template's first container.")]
    [MaxItems(128)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<EnvVar>? Env { get; init; }

    [Description("Sources of environment of the Jobs. Default: those of the template's first container.")]
    [MaxItems(32)]
    [ListType("atomic")]
    public IReadOnlyList<EnvFromSource>? EnvFrom { get; init; }

    [Description("What happens to a running migration when its release is given up: Wait until it ends, or Terminate it, which leaves its result Unknown.")]
    [Default("Wait")]
    public CancelPolicy CancelPolicy { get; init; }

    [Description("Runs before any pod of the new revision exists: additions to the schema that the old revision tolerates.")]
    [Required]
    public PhaseCommand Expand { get => field ?? new(); init; }

    [Description("Runs after the revision is promoted and has soaked, once no pod of an older one is left: removals that an older revision would not survive.")]
    public ContractPhase? Contract { get; init; }

    [Description("Takes the expand phase back after its release was rolled back, once no pod of its revision is left. It runs with that revision's image.")]
    public PhaseCommand? Undo { get; init; }

    /// <summary>The lock's name, for the Rollout of the given name.</summary>
    public string LockNameFor(string rollout) => Lock ?? rollout;
}

/// <summary>One variable of a container's environment.</summary>
public sealed record EnvVar
{
    [Description("Name of the variable.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    public string Name { get => field ?? ""; init; }

    [Description("Its value.")]
    [MaxLength(32768)]
    public string? Value { get; init; }

    [Description("Where its value comes from, as in a container. Validated by a dry run of the Job.")]
    [PreserveUnknownFields]
    public JsonElement? ValueFrom { get; init; }
}

/// <summary>A ConfigMap or Secret whose keys become variables.</summary>
public sealed record EnvFromSource
{
    [Description("Put before each key.")]
    [MaxLength(253)]
    public string? Prefix { get; init; }

    [Description("A ConfigMap of this namespace.")]
    public EnvFromReference? ConfigMapRef { get; init; }

    [Description("A Secret of this namespace.")]
    public EnvFromReference? SecretRef { get; init; }
}

/// <summary>Names a ConfigMap or Secret.</summary>
public sealed record EnvFromReference
{
    [Description("Its name.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    public string Name { get => field ?? ""; init; }

    [Description("Whether it may be absent.")]
    public bool? Optional { get; init; }
}
