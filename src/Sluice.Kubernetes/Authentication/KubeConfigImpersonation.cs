using Sluice.Kubernetes.Client;

namespace Sluice.Kubernetes.Authentication;

/// <summary>Reads whom a kubeconfig's user wants to act as.</summary>
internal static class KubeConfigImpersonation
{
    /// <summary>Null when nobody else.</summary>
    /// <exception cref="KubernetesConfigurationException">Groups, a UID or extra without a user, or several of one kind; text that no header carries.</exception>
    public static Impersonation? Read(KubeConfigPart<KubeConfigUser> part)
    {
        var user = part.Value;
        if (string.IsNullOrEmpty(user.As))
        {
            return user.AsGroups is { Count: > 0 } || user.AsUserExtra is { Count: > 0 } || !string.IsNullOrEmpty(user.AsUid)
                ? throw part.Refused("as: missing beside as-groups, as-uid or as-user-extra")
                : null;
        }

        return new Impersonation
        {
            User = Sendable(part, "as", user.As),
            Uid = string.IsNullOrEmpty(user.AsUid) ? null : Sendable(part, "as-uid", user.AsUid),
            Group = Only(part, "as-groups", user.AsGroups),
            Extra = (user.AsUserExtra ?? [])
                .Where(extra => extra.Value is { Count: > 0 })
                .ToDictionary(extra => Sendable(part, "as-user-extra", extra.Key), extra => Only(part, "as-user-extra", extra.Value)!),
        };
    }

    private static string? Only(KubeConfigPart<KubeConfigUser> part, string field, List<string?>? values) => values switch
    {
        null or [] => null,
        [var one] => Sendable(part, field, one),
        _ => throw part.Refused($"{field}: only one can be sent"),
    };

    private static string Sendable(KubeConfigPart<KubeConfigUser> part, string field, string? text) =>
        !string.IsNullOrEmpty(text) && text.All(character => character is >= ' ' and <= '~')
            ? text
            : throw part.Refused($"{field}: empty, or not printable ASCII");
}
