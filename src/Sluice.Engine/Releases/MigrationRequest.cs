using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>What a Rollout asks a Migration to do.</summary>
internal static class MigrationRequest
{
    /// <summary>The Migration of one phase; its epoch is told by the Migrations before it.</summary>
    /// <param name="pass">The present look.</param>
    /// <param name="release">Name of the Release whose migration it is.</param>
    /// <param name="revision">Its revision.</param>
    /// <param name="plan">What is to be run.</param>
    public static MigrationSpec Of(Pass pass, string release, string revision, PhasePlan plan) => new(plan.Retries, plan.LogTail)
    {
        Rollout = pass.Name,
        Release = release,
        Revision = revision,
        Phase = plan.Phase,
        Lock = plan.Lock,
        LockTimeout = GoDuration.Format(plan.LockTimeout),
        Key = plan.Command.Hash,
        Epoch = MigrationRecords.EpochOf(pass.Snapshot.Migrations, plan.Phase, plan.Command.Hash),
        Irreversible = plan.Irreversible,
        Predecessors = plan.Phase == MigrationPhase.Contract ? Predecessors.Of(pass, release, revision) : [],
        ServiceAccountName = plan.ServiceAccountName,
        Image = plan.Command.Image,
        Annotations = plan.Annotations,
        ImagePullSecrets = plan.ImagePullSecrets,
        Env = plan.Command.Env,
        EnvFrom = plan.Command.EnvFrom,
        Command = plan.Command.Command,
        Args = plan.Command.Args,
        Verify = plan.Verify,
        Timeout = GoDuration.Format(plan.Timeout),
        Idempotent = plan.Idempotent,
        CancelPolicy = plan.CancelPolicy,
    };

    /// <summary>What the status says of a Migration.</summary>
    public static MigrationProgress ProgressOf(Migration migration) => new()
    {
        State = migration.Status?.State,
        Migration = migration.Metadata.Name,
        Attempt = migration.Status?.Attempt ?? 0,
        StartedAt = migration.Status?.StartedAt,
        FinishedAt = migration.Status?.FinishedAt,
    };
}
