using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers;
using Sluice.Operator.Identity;
using Sluice.Operator.Metrics;

namespace Sluice.Simulation.World;

/// <summary>
/// What an object remembers, as text: all fields, those of the objects that it has too. Whatever a reconciler comes to remember one day is in it, or is refused until
/// somebody has said here what it is.
/// </summary>
internal static class MemoryText
{
    private const int Deepest = 40;

    /// <summary>
    /// What is lent to a reconciler, and told of by itself. Versions that were overtaken are left out: a cache that has followed shows none of them, and none comes back.
    /// </summary>
    private static readonly Type[] Lent =
        [typeof(IClusterReader), typeof(IClusterWriter), typeof(IEventRecorder), typeof(IMeasurements), typeof(IIdentityProof), typeof(TimeProvider), typeof(ILogger), typeof(Lock), typeof(OvertakenVersions)];

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();
    private static readonly ConcurrentDictionary<Type, bool> LentTypes = new();

    /// <exception cref="NotSupportedException">It has something of which nobody can say what it remembers.</exception>
    public static string Of(object item)
    {
        var text = new StringBuilder();
        Write(item, text, 0);
        return text.ToString();
    }

    private static void Write(object? item, StringBuilder text, int depth)
    {
        if (depth > Deepest) throw new NotSupportedException($"what is remembered goes deeper than {Deepest} levels");

        switch (item)
        {
            case null:
                text.Append("null");
                break;
            case string said:
                text.Append('"').Append(said).Append('"');
                break;
            case DateTimeOffset at:
                text.Append(at.UtcTicks);
                break;
            case TimeSpan span:
                text.Append(span.Ticks);
                break;
            case Enum or bool or char or byte or int or long or uint or ulong or double or decimal or Guid:
                text.Append(CultureInfo.InvariantCulture, $"{item}");
                break;
            case JsonElement json:
                text.Append(json.ValueKind == JsonValueKind.Undefined ? "" : json.GetRawText());
                break;
            case IEnumerable many:
                WriteMany(many, text, depth);
                break;
            default:
                WriteFields(item, text, depth);
                break;
        }
    }

    /// <summary>In their order, where there is one.</summary>
    private static void WriteMany(IEnumerable many, StringBuilder text, int depth)
    {
        var parts = new List<string>();
        foreach (var part in many)
        {
            var one = new StringBuilder();
            Write(part, one, depth + 1);
            parts.Add(one.ToString());
        }

        var type = many.GetType();
        var isOrdered = many is IList || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(OrderedDictionary<,>) || type.GetGenericTypeDefinition() == typeof(Queue<>)));
        if (!isOrdered) parts.Sort(StringComparer.Ordinal);
        text.Append('[').AppendJoin(',', parts).Append(']');
    }

    private static void WriteFields(object item, StringBuilder text, int depth)
    {
        var type = item.GetType();
        if (LentTypes.GetOrAdd(type, static type => Array.Exists(Lent, lent => lent.IsAssignableFrom(type)))) return;
        if (!type.IsValueType && type.Assembly.GetName().Name?.StartsWith("Sluice.", StringComparison.Ordinal) != true || item is Delegate) throw new NotSupportedException($"nobody has said what a {type} remembers");

        text.Append(type.Name).Append('{');
        foreach (var field in Fields.GetOrAdd(type, FieldsOf))
        {
            if (LentTypes.GetOrAdd(field.FieldType, static type => Array.Exists(Lent, lent => lent.IsAssignableFrom(type)))) continue;

            text.Append(field.Name).Append('=');
            Write(field.GetValue(item), text, depth + 1);
            text.Append(' ');
        }

        text.Append('}');
    }

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var at = type; at is not null && at != typeof(object); at = at.BaseType) fields.AddRange(at.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        return [.. fields];
    }
}
