using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>What a phase of a migration runs, and what proves it.</summary>
public record PhaseCommand(
    [property: Description("How often is tried again after a failure. Used only if idempotent, or if the failure was certainly before the first write.")]
    [property: Minimum(0)]
    [property: Maximum(10)]
    [property: Default(0)]
    int Retries = 0,
    [property: Description("Whether the end of the Job's log (4 KiB) is kept in the Migration. It is shown to everyone who may read Migrations.")]
    [property: Default(true)]
    bool LogTail = true)
{
    [Description("The command, as in a container: the tool and its arguments.")]
    [Required]
    [MinItems(1)]
    [MaxItems(64)]
    [MaxLength(4096)]
    [ListType("atomic")]
    public IReadOnlyList<string> Command { get => field ?? []; init; }

    [Description("Arguments, as in a container.")]
    [MaxItems(64)]
    [MaxLength(4096)]
    [ListType("atomic")]
    public IReadOnlyList<string> Args { get => field ?? []; init; }

    [Description("A command that proves the result: it runs after the command succeeded, and must exit with 0 too.")]
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
}
