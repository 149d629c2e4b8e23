using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models.PodSpecs;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Kinds;

/// <summary>The checks of a pod's spec, in the order and the words of Kubernetes.</summary>
internal sealed class PodSpecValidation(List<FieldError> errors)
{
    private static readonly string[] RestartPolicies = ["Always", "OnFailure", "Never"];
    private static readonly string[] DnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

    /// <summary>What of <c>resources</c> no quantity can be read from; null where all can.</summary>
    public static string? UndecodableQuantities(JsonObject? podSpec)
    {
        foreach (var list in (string[])["initContainers", "containers"])
        {
            foreach (var container in podSpec.Array(list) ?? [])
            {
                if (Unreadable(container.Object("resources")) is { } why) return why;
            }
        }

        return null;
    }

    public void Validate(JsonObject? podSpec, string path)
    {
        var volumes = Volumes(podSpec.Array("volumes"), path + ".volumes");
        var containers = new ContainerValidation(errors, volumes);
        if (podSpec.Array("containers") is { Count: > 0 } list) containers.Validate(list, path + ".containers", init: false);
        else errors.Add(FieldError.Required(path + ".containers"));
        if (podSpec.Array("initContainers") is { } init) containers.Validate(init, path + ".initContainers", init: true);
        OneOf(podSpec.String("restartPolicy"), path + ".restartPolicy", RestartPolicies);
        OneOf(podSpec.String("dnsPolicy"), path + ".dnsPolicy", DnsPolicies);
        NodeSelector(podSpec.Object("nodeSelector"), path + ".nodeSelector");
        NotNegative(podSpec.Integer("terminationGracePeriodSeconds"), path + ".terminationGracePeriodSeconds");
        if (podSpec.Integer("activeDeadlineSeconds") is { } deadline and (< 1 or > int.MaxValue))
        {
            errors.Add(FieldError.Invalid(path + ".activeDeadlineSeconds", $"{deadline}", $"must be between 1 and {int.MaxValue}, inclusive"));
        }

        if (podSpec.String("serviceAccountName") is { Length: > 0 } account)
        {
            errors.AddRange(Names.Subdomain(account).Select(detail => FieldError.Invalid(path + ".serviceAccountName", Names.Quote(account), detail)));
        }
    }

    private static string? Unreadable(JsonObject? resources)
    {
        foreach (var part in (string[])["limits", "requests"])
        {
            foreach (var (_, value) in resources.Object(part) ?? [])
            {
                if (Quantity.Text(value) is not { } text || !Quantity.TryParse(text, out _)) return Quantity.ParseFailure;
            }
        }

        return null;
    }

    private HashSet<string> Volumes(JsonArray? volumes, string path)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < (volumes?.Count ?? 0); index++)
        {
            var field = $"{path}[{index}].name";
            var name = volumes![index].String("name") ?? "";
            if (name.Length == 0) errors.Add(FieldError.Required(field));
            else if (Names.DnsLabel(name).ToList() is { Count: > 0 } details)
            {
                errors.AddRange(details.Select(detail => FieldError.Invalid(field, Names.Quote(name), detail)));
            }
            else if (!names.Add(name)) errors.Add(FieldError.Duplicate(field, Names.Quote(name)));
        }

        return names;
    }

    private void NodeSelector(JsonObject? selector, string path)
    {
        if (selector is not null) ObjectMetaRules.ValidateLabels(selector, path, errors);
    }

    private void OneOf(string? value, string path, string[] allowed)
    {
        if (string.IsNullOrEmpty(value)) errors.Add(FieldError.Required(path));
        else if (!allowed.Contains(value)) errors.Add(FieldError.NotSupported(path, Names.Quote(value), allowed.Select(Names.Quote)));
    }

    private void NotNegative(long? value, string path)
    {
        if (value < 0) errors.Add(FieldError.Invalid(path, $"{value}", "must be greater than or equal to 0"));
    }
}
