namespace Sluice.Api;

/// <summary>The API group of every custom resource of Sluice.</summary>
public static class ApiGroup
{
    public const string Name = "sluice.dev";

    public const string Version = "v1alpha1";

    /// <summary>As written in <c>apiVersion</c>.</summary>
    public const string ApiVersion = Name + "/" + Version;

    /// <summary>The field manager under which the operator writes.</summary>
    public const string FieldManager = "sluice";
}

/// <summary>Labels on objects that the operator creates.</summary>
public static class Labels
{
    /// <summary>Name of the Rollout that an object belongs to.</summary>
    public const string Rollout = "sluice.dev/rollout";

    /// <summary>Revision, 10 hexadecimal digits: selects the pods of one ReplicaSet.</summary>
    public const string Revision = "sluice.dev/revision";

    /// <summary>Name of the Release that an object was made for.</summary>
    public const string Release = "sluice.dev/release";

    /// <summary>Name of the Migration that a Job belongs to.</summary>
    public const string Migration = "sluice.dev/migration";

    /// <summary>Phase of the migration that a Job runs, in lower case: <c>expand</c>, <c>contract</c> or <c>undo</c>.</summary>
    public const string MigrationPhase = "sluice.dev/migration-phase";

    /// <summary>Name of the Rollout that a check's Job, and its pod, is for. It is not <see cref="Rollout"/>, by which the pods that serve are found.</summary>
    public const string Checks = "sluice.dev/checks";

    /// <summary>Name of the check that a Job is.</summary>
    public const string Check = "sluice.dev/check";

    /// <summary>On every Job of the operator's, and its pod: number of the attempt that it is, from 1.</summary>
    public const string Attempt = "sluice.dev/attempt";
}

/// <summary>Annotations that the operator reads or writes.</summary>
public static class Annotations
{
    /// <summary>Why the spec was changed, in a person's words; copied to <c>status.release.cause</c>.</summary>
    public const string ChangeCause = "kubernetes.io/change-cause";

    /// <summary>On a check's Job: <c>false</c> where nothing that it writes may be kept.</summary>
    public const string LogTail = "sluice.dev/log-tail";
}

/// <summary>Finalizers of the operator.</summary>
public static class Finalizers
{
    /// <summary>On a Rollout: what reaches beyond its own objects is put in order before it goes.</summary>
    public const string Rollout = "sluice.dev/rollout";

    /// <summary>On a check's Job, until its result is recorded.</summary>
    public const string CheckResult = "sluice.dev/check-result";

    /// <summary>On a migration's Job, until its result is recorded.</summary>
    public const string MigrationResult = "sluice.dev/migration-result";
}
