using YamlDotNet.Serialization;

namespace Sluice.CrdGenerator;

/// <summary>A mapping whose keys keep the order in which they were added.</summary>
internal sealed class YamlMap : OrderedDictionary<string, object>
{
    /// <summary>Adds an entry unless its value is null: most keywords of a schema are optional.</summary>
    public YamlMap With(string key, object? value)
    {
        if (value is not null)
            Add(key, value);
        return this;
    }
}

/// <summary>Writes trees of maps, lists, texts, numbers and booleans.</summary>
internal static class Yaml
{
    private static readonly ISerializer Serializer = new SerializerBuilder()
        .WithQuotingNecessaryStrings(quoteYaml1_1Strings: true)
        .WithIndentedSequences()
        .WithNewLine("\n")
        .DisableAliases()
        .Build();

    public static string Write(YamlMap content) => Serializer.Serialize(content);
}
