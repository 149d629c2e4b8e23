using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>How objects are written and read: camelCase, nulls left out, timestamps as <c>Time</c>.</summary>
public static class KubernetesJson
{
    /// <summary>
    /// How deeply documents may be nested. An API server stores up to 10,000 levels where a schema preserves unknown fields; a lower limit here
    /// would let one such object hide every other one of its kind. Lists and watch events wrap it in a few more.
    /// </summary>
    public const int MaxDepth = 10_100;

    /// <summary>Options for the built-in kinds and those of <paramref name="resolvers"/>, such as a context with custom resources.</summary>
    /// <remarks>The same resolvers give the same options: what they hold of a type takes longer to build than most objects take to read.</remarks>
    public static JsonSerializerOptions Options(params IEnumerable<IJsonTypeInfoResolver> resolvers) => Built.GetOrAdd(new ResolverList([.. resolvers]), Build);

    /// <summary>
    /// Lets go of the texts that are remembered so that what is read next can share them: some MiB, much of it of objects that are gone.
    /// For a moment in which little is read: objects of one burst share among themselves.
    /// </summary>
    public static void ForgetShared()
    {
        SharedText.Forget();
        SharedJson.Forget();
    }

    private static JsonSerializerOptions Build(ResolverList resolvers)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = MaxDepth,
            TypeInfoResolver = JsonTypeInfoResolver.Combine([ModelsJsonContext.Default, ClientJsonContext.Default, .. resolvers.Items]),
            Converters = { new TimeJsonConverter(), new SharedText(), new SharedJson(), new CompactMapConverter() },
        };
        options.MakeReadOnly();
        return options;
    }

    private static readonly ConcurrentDictionary<ResolverList, JsonSerializerOptions> Built = new();

    internal static JsonTypeInfo<T> TypeInfo<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    private readonly struct ResolverList(IJsonTypeInfoResolver[] items) : IEquatable<ResolverList>
    {
        public IReadOnlyList<IJsonTypeInfoResolver> Items => items;

        public bool Equals(ResolverList other) => Items.SequenceEqual(other.Items);

        public override bool Equals(object? obj) => obj is ResolverList other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var item in items) hash.Add(item);
            return hash.ToHashCode();
        }
    }
}

/// <summary>The body of a delete.</summary>
internal sealed record DeleteOptionsBody
{
    public string ApiVersion { get; init; } = "v1";

    public string Kind { get; init; } = "DeleteOptions";

    public required string PropagationPolicy { get; init; }

    public long? GracePeriodSeconds { get; init; }

    public DeletePreconditions? Preconditions { get; init; }

    public IReadOnlyList<string>? DryRun { get; init; }
}

internal sealed record DeletePreconditions(string? Uid, string? ResourceVersion);

/// <summary>The envelope of a list, its items left unread so that one bad item cannot hide the others.</summary>
internal sealed record RawList : IListPage
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public V1ListMeta? Metadata { get; init; }

    public IReadOnlyList<JsonElement>? Items { get; init; }
}

/// <summary>One line of a watch.</summary>
internal sealed record RawWatchEvent
{
    public string? Type { get; init; }

    public JsonElement Object { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = KubernetesJson.MaxDepth)]
[JsonSerializable(typeof(DeleteOptionsBody))]
[JsonSerializable(typeof(RawList))]
[JsonSerializable(typeof(MetadataList))]
[JsonSerializable(typeof(RawWatchEvent))]
internal sealed partial class ClientJsonContext : JsonSerializerContext;
