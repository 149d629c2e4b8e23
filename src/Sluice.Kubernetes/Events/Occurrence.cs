using System.Text;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Events;

/// <summary>What makes two events the same: everything but the time.</summary>
internal sealed record EventKey(NamespacedName Regarding, string Kind, string Uid, string Type, string Reason, string Action, string Note);

/// <summary>One event as it was recorded.</summary>
internal sealed record Occurrence(EventKey Key, V1ObjectReference Regarding, DateTimeOffset At)
{
    private const int MaxNoteBytes = 1024;
    private const int MaxWordLength = 128;
    private const int MaxNameLength = 253;

    /// <summary>Cluster-scoped objects have no namespace to keep their events in.</summary>
    public string Namespace => Key.Regarding.Namespace.Length == 0 ? "default" : Key.Regarding.Namespace;

    public static Occurrence Of(IKubernetesObject regarding, string type, string reason, string action, string note, DateTimeOffset at)
    {
        var key = new EventKey(
            NamespacedName.Of(regarding), regarding.Kind ?? "", regarding.Metadata.Uid ?? "", type, Shorten(reason), Shorten(action), CutBytes(note));
        var reference = new V1ObjectReference
        {
            ApiVersion = regarding.ApiVersion,
            Kind = regarding.Kind,
            Namespace = regarding.Metadata.Namespace,
            Name = regarding.Metadata.Name,
            Uid = regarding.Metadata.Uid,
            ResourceVersion = regarding.Metadata.ResourceVersion,
        };
        return new Occurrence(key, reference, at);
    }

    public EventsV1Event ToEvent(EventRecorderOptions options, long sequence) => new()
    {
        Metadata = new() { Namespace = Namespace, Name = EventName(sequence) },
        EventTime = At,
        ReportingController = options.ReportingController,
        ReportingInstance = Shorten(options.ReportingInstance),
        Type = Key.Type,
        Reason = Key.Reason,
        Action = Key.Action,
        Note = Key.Note,
        Regarding = Regarding,
    };

    private string EventName(long sequence)
    {
        var suffix = $".{At.UtcTicks + sequence:x}";
        var name = Key.Regarding.Name;
        return (name.Length + suffix.Length <= MaxNameLength ? name : name[..(MaxNameLength - suffix.Length)].TrimEnd('.', '-')) + suffix;
    }

    private static string Shorten(string word) => word.Length <= MaxWordLength ? word : word[..MaxWordLength];

    private static string CutBytes(string note)
    {
        if (Encoding.UTF8.GetByteCount(note) <= MaxNoteBytes)
            return note;

        var bytes = 0;
        var kept = new StringBuilder();
        foreach (var rune in note.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxNoteBytes)
                break;

            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }
}
