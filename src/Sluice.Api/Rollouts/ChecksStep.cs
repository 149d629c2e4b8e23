using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>Jobs that run beside the canary, all at once; how many of them must succeed is the join.</summary>
public sealed record ChecksStep(
    [property: Description("As soon as too few checks are left that could still succeed, the others are ended and the release is rolled back. "
        + "While false the others are waited for, so that it is known what each of them says; only then the release is rolled back.")]
    [property: Default(true)]
    bool FailFast = true)
{
    /// <summary>Of one step.</summary>
    public const int MaxJobs = 10;

    /// <summary>Of all steps of a plan together: each leaves its result in the Release.</summary>
    public const int MaxJobsOfPlan = 40;

    public const string All = "All";

    public const string Any = "Any";

    [Description("How many checks must succeed: All, Any, or a number. Once they have, the step is over and those that still run are ended.")]
    [Minimum(1)]
    [Maximum(MaxJobs)]
    [Pattern(Patterns.Join)]
    [Default(All)]
    public IntOrString Join { get => field == default ? All : field; init; }

    [Description("How long each Job may take. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("10m")]
    public string Timeout { get => field ?? "10m"; init; }

    [Description("The checks. Each runs once, as a Job; it succeeds when all of its containers exit with 0.")]
    [Required]
    [MinItems(1)]
    [MaxItems(MaxJobs)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<CheckJob> Jobs { get => field ?? []; init; }
}

/// <summary>One check.</summary>
public sealed record CheckJob(
    [property: Description("Whether the end of the log is kept in the Release. It is shown to everyone who may read Rollouts and Releases.")]
    [property: Default(true)]
    bool LogTail = true)
{
    public const int MaxName = 32;

    [Description("Its name, unique within the step.")]
    [Required]
    [MinLength(1)]
    [MaxLength(MaxName)]
    [Pattern(Patterns.DnsLabel)]
    public string Name { get => field ?? ""; init; }

    [Description("The pod of the Job. Its containers are told what they check by variables: SLUICE_ROLLOUT, SLUICE_NAMESPACE, SLUICE_RELEASE, SLUICE_REVISION, SLUICE_STABLE_REVISION, SLUICE_WEIGHT and, "
        + "with the Services of a router, SLUICE_CANARY_SERVICE and SLUICE_STABLE_SERVICE. It runs under the ServiceAccount that it names, of the Rollout's namespace.")]
    [Required]
    public PodTemplate Template { get => field ?? new(); init; }
}
