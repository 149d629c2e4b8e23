using System.Text.Json;
using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>What a migration's Jobs run.</summary>
public sealed record MigrationCommand
{
    public required string Image { get; init; }

    public required IReadOnlyList<string> Command { get; init; }

    public required IReadOnlyList<string> Args { get; init; }

    public required IReadOnlyList<EnvVar> Env { get; init; }

    public required IReadOnlyList<EnvFromSource> EnvFrom { get; init; }

    /// <summary>Ten hexadecimal digits of what makes the migration the same one: image, command, args, env and envFrom.</summary>
    public string Hash => CanonicalJson.ShortHash(ToJson());

    /// <summary>What a phase runs; image, env and envFrom default to those of the template's first container.</summary>
    public static MigrationCommand From(RolloutMigration migration, PhaseCommand phase, PodTemplate template)
    {
        var container = FirstContainer(template);
        return new MigrationCommand
        {
            Image = migration.Image ?? Text(container, "image"),
            Command = phase.Command,
            Args = phase.Args,
            Env = migration.Env ?? Items(container, "env", ApiJsonContext.Default.EnvVar),
            EnvFrom = migration.EnvFrom ?? Items(container, "envFrom", ApiJsonContext.Default.EnvFromSource),
        };
    }

    /// <summary>The parts that make the key, as canonical JSON.</summary>
    public JsonElement ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("image", Image);
            WriteList(writer, "command", Command, static (w, item) => w.WriteStringValue(item));
            WriteList(writer, "args", Args, static (w, item) => w.WriteStringValue(item));
            WriteList(writer, "env", Env, static (w, item) => JsonSerializer.Serialize(w, item, ApiJsonContext.Default.EnvVar));
            WriteList(writer, "envFrom", EnvFrom, static (w, item) => JsonSerializer.Serialize(w, item, ApiJsonContext.Default.EnvFromSource));
            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.ToArray(), JsonDepth.Reading);
    }

    /// <summary>Names of the Secrets with which the template pulls its images; the migration's image needs them as well.</summary>
    public static IReadOnlyList<string> ImagePullSecretsOf(PodTemplate template) =>
        template.Spec is { ValueKind: JsonValueKind.Object } spec && spec.TryGetProperty("imagePullSecrets", out var secrets) && secrets.ValueKind == JsonValueKind.Array
            ? [.. secrets.EnumerateArray().Where(secret => secret.ValueKind == JsonValueKind.Object).Select(secret => Text(secret, "name")).Where(name => name.Length > 0)]
            : [];

    private static void WriteList<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items) write(writer, item);
        writer.WriteEndArray();
    }

    private static JsonElement? FirstContainer(PodTemplate template) =>
        template.Spec is { ValueKind: JsonValueKind.Object } spec
        && spec.TryGetProperty("containers", out var containers)
        && containers.ValueKind == JsonValueKind.Array
        && containers.GetArrayLength() > 0
        && containers[0].ValueKind == JsonValueKind.Object
            ? containers[0]
            : null;

    private static string Text(JsonElement? container, string name) =>
        container is { } found && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>An item that cannot be read is left out here: the dry run of the ReplicaSet refuses it and names its field.</summary>
    private static List<T> Items<T>(JsonElement? container, string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        if (container is not { } found || !found.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array) return [];

        var items = new List<T>();
        foreach (var element in list.EnumerateArray())
        {
            try
            {
                if (element.Deserialize(type) is { } item) items.Add(item);
            }
            catch (JsonException)
            {
            }
        }

        return items;
    }
}
