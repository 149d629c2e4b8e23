using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models.PodSpecs;

namespace Sluice.Engine.Plans;

/// <summary>
/// What makes a revision: the pod template and what its migration runs. Timeouts, locks and policies are not part of it.
/// Whether two are the same is decided by what they mean to Kubernetes; the name is only a name, of the words in which the revision is written.
/// </summary>
public sealed class Revision
{
    private static readonly string[] Phases = ["expand", "contract", "undo"];

    private readonly byte[] content;
    private readonly Lazy<byte[]> meaning;

    private Revision(byte[] content)
    {
        this.content = content;
        meaning = new Lazy<byte[]>(() => Meaning(content));
        Name = CanonicalJson.WordHash(content);
    }

    /// <summary>Ten hexadecimal digits.</summary>
    public string Name { get; }

    public static Revision Of(PlanSource source)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteEntries(writer, "labels", source.Template.Metadata.Labels);
            WriteEntries(writer, "annotations", source.Template.Metadata.Annotations);
            if (source.Template.Spec is { } spec)
            {
                writer.WritePropertyName("spec");
                spec.WriteTo(writer);
            }

            if (source.Migration is { } migration)
            {
                WritePhase(writer, "expand", migration, migration.Expand, source.Template);
                WritePhase(writer, "contract", migration, migration.Contract, source.Template);
                WritePhase(writer, "undo", migration, migration.Undo, source.Template);
            }

            writer.WriteEndObject();
        }

        return new Revision(CanonicalJson.Bytes(JsonElement.Parse(buffer.ToArray(), JsonDepth.Reading)));
    }

    /// <summary>Whether pods and migrations of both would be the same: <c>cpu: 1000m</c> is <c>cpu: 1</c>, and a default written out is the default.</summary>
    public bool IsSameAs(Revision other) => content.AsSpan().SequenceEqual(other.content) || meaning.Value.AsSpan().SequenceEqual(other.meaning.Value);

    private static byte[] Meaning(byte[] content)
    {
        var whole = JsonNode.Parse(content, documentOptions: JsonDepth.Reading)!.AsObject();
        if (whole["spec"] is JsonObject podSpec) PodSpecMeaning.Normalize(podSpec);
        foreach (var env in Phases.Select(phase => (whole[phase] as JsonObject)?["env"]).OfType<JsonArray>())
        {
            foreach (var variable in env.OfType<JsonObject>()) PodSpecMeaning.NormalizeEnv(variable);
        }

        return CanonicalJson.Bytes(JsonElement.Parse(whole.ToJsonString(), JsonDepth.Reading));
    }

    private static void WritePhase(Utf8JsonWriter writer, string name, RolloutMigration migration, PhaseCommand? phase, PodTemplate template)
    {
        if (phase is null) return;

        writer.WritePropertyName(name);
        MigrationCommand.From(migration, phase, template).ToJson().WriteTo(writer);
    }

    // An empty map and an absent one mean the same.
    private static void WriteEntries(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string>? entries)
    {
        if (entries is not { Count: > 0 }) return;

        writer.WriteStartObject(name);
        foreach (var (key, value) in entries) writer.WriteString(key, value);
        writer.WriteEndObject();
    }
}
