using Sluice.Api;

namespace Sluice.Engine.Plans;

public sealed partial class PlanReader
{
    private PhasePlan ReadPhase(PlanSource source, MigrationPhase phase, PhaseCommand command)
    {
        const string Field = "spec.migration";
        var migration = source.Migration!;
        var own = $"{Field}.{ObjectNames.NameOf(phase)}";
        if (command.Command.Count == 0) Add($"{own}.command", "required");
        var runs = MigrationCommand.From(migration, command, source.Template);
        if (string.IsNullOrEmpty(runs.Image) && phase == MigrationPhase.Expand) Add($"{Field}.image", "required: the template's first container has no image to default to");
        var timeout = Duration(command.Timeout, $"{own}.timeout");
        if (timeout < TimeSpan.FromSeconds(1)) Add($"{own}.timeout", "must be at least 1s");
        return new PhasePlan
        {
            Phase = phase,
            Lock = migration.LockNameFor(source.RolloutName),
            LockTimeout = phase == MigrationPhase.Expand ? Duration(migration.LockTimeout, $"{Field}.lockTimeout") : Durations.OrZero(migration.LockTimeout),
            Timeout = timeout,
            Retries = NotNegative(command.Retries, $"{own}.retries"),
            Idempotent = command.Idempotent,
            LogTail = command.LogTail,
            Verify = command.Verify,
            Irreversible = command is ContractPhase { Irreversible: true },
            ServiceAccountName = migration.ServiceAccountName,
            CancelPolicy = migration.CancelPolicy,
            Command = runs,
            Annotations = migration.Annotations ?? source.Template.Metadata.Annotations ?? new Dictionary<string, string>(),
            ImagePullSecrets = MigrationCommand.ImagePullSecretsOf(source.Template),
        };
    }
}
