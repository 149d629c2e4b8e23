using System.Text.Json;
using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>
/// What makes a revision: the pod template and what its migration runs. Timeouts, locks and policies are not part of it.
/// Whether two are the same is decided by their content; the name is only a name.
/// </summary>
public sealed class Revision
{
    private readonly byte[] content;

    private Revision(byte[] content)
    {
        this.content = content;
        Name = CanonicalJson.ShortHash(content);
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

    public bool IsSameAs(Revision other) => content.AsSpan().SequenceEqual(other.content);

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
