using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Kubernetes.Models.PodSpecs;

/// <summary>
/// Brings a pod spec into the words that all ways of writing it share: defaults written out, quantities by their value, nothing that says
/// as much as its absence. What is not known to mean the same stays as it is written: two specs that are the same here run the same pods, while two that differ may do so too.
/// </summary>
public static class PodSpecMeaning
{
    private static readonly string[] ResourceLists = ["limits", "requests"];

    /// <summary>Rewrites the spec of a pod or of a pod template in place; parts of another type than they should be stay.</summary>
    public static void Normalize(JsonObject podSpec)
    {
        DropEmptyLists(podSpec);
        PodSpecDefaults.Apply(podSpec);
        podSpec.SetDefault("enableServiceLinks", true);
        DropFalse(podSpec, "hostNetwork", "hostPID", "hostIPC");
        Quantities(podSpec, "overhead");
        DropEmptyMap(podSpec, "nodeSelector");
        Resources(podSpec.Object("resources"));
        foreach (var container in PodSpecDefaults.Containers(podSpec)) Container(container);

        foreach (var volume in podSpec.Objects("volumes")) Volume(volume);
        PodSpecDefaults.RequestLimits(podSpec);
    }

    /// <summary>The same for one variable of a container's <c>env</c>.</summary>
    public static void NormalizeEnv(JsonObject variable)
    {
        PodSpecDefaults.Env(variable);
        if (variable.String("value") is { Length: 0 }) variable.Remove("value");
        Divisor(variable.Object("valueFrom").Object("resourceFieldRef"));
    }

    private static void Container(JsonObject container)
    {
        DropFalse(container, "stdin", "stdinOnce", "tty");
        Resources(container.Object("resources"));
        foreach (var variable in container.Objects("env")) NormalizeEnv(variable);

        foreach (var mount in container.Objects("volumeMounts")) DropFalse(mount, "readOnly");
    }

    private static void Volume(JsonObject volume)
    {
        Quantity(volume.Object("emptyDir"), "sizeLimit");
        Resources(volume.Object("ephemeral").Object("volumeClaimTemplate").Object("spec").Object("resources"));
        foreach (var item in volume.Object("downwardAPI").Objects("items")) Divisor(item.Object("resourceFieldRef"));
        if (volume.Object("persistentVolumeClaim") is { } claim) DropFalse(claim, "readOnly");
    }

    private static void Resources(JsonObject? resources)
    {
        if (resources is null) return;

        foreach (var list in ResourceLists) Quantities(resources, list);
    }

    private static void Quantities(JsonObject owner, string key)
    {
        DropEmptyMap(owner, key);
        if (owner.Object(key) is not { } quantities) return;

        foreach (var name in quantities.Select(entry => entry.Key).ToList()) Quantity(quantities, name);
    }

    // By its value: 1Gi and 1073741824 have canonical forms of their own.
    private static void Quantity(JsonObject? owner, string key)
    {
        if (PodSpecs.Quantity.Text(owner?[key]) is { } text && PodSpecs.Quantity.TryParse(text, out var value)) owner![key] = value.ToString("0.#############################", CultureInfo.InvariantCulture);
    }

    // None and 0 are read as 1 (pkg/api/v1/resource/helpers.go, ExtractContainerResourceValue).
    private static void Divisor(JsonObject? reference)
    {
        reference.SetDefault("divisor", "0");
        Quantity(reference, "divisor");
        if (reference is not null && reference.String("divisor") == "0") reference["divisor"] = "1";
    }

    private static void DropFalse(JsonObject owner, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (owner[key]?.GetValueKind() == JsonValueKind.False) owner.Remove(key);
        }
    }

    private static void DropEmptyMap(JsonObject owner, string key)
    {
        if (owner.Object(key) is { Count: 0 }) owner.Remove(key);
    }

    // A list without items and no list are the same to every field of a pod.
    private static void DropEmptyLists(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, part) in map.ToList())
                {
                    if (part is JsonArray { Count: 0 }) map.Remove(key);
                    else DropEmptyLists(part);
                }

                break;
            case JsonArray list:
                foreach (var item in list) DropEmptyLists(item);
                break;
        }
    }
}
