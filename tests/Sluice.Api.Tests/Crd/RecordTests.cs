using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api.Schema;
using Sluice.CrdGenerator;

namespace Sluice.Api.Tests.Crd;

/// <summary>The records and the schema say the same: names, defaults, and nothing that is missing becomes null.</summary>
public sealed class RecordTests
{
    public static TheoryData<Type> Records => [.. CrdFiles.Kinds.SelectMany(Reachable).Distinct().OrderBy(type => type.Name, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Records))]
    public void The_schema_names_fields_as_the_serialiser_does(Type record) =>
        ApiJsonContext.Default.GetTypeInfo(record)!.Properties.Select(property => property.Name).Order(StringComparer.Ordinal)
            .ShouldBe(SchemaBuilder.Fields(record).Select(SchemaBuilder.JsonName));

    [Theory]
    [MemberData(nameof(Records))]
    public void An_object_read_without_a_field_has_the_default_that_the_schema_states(Type record)
    {
        foreach (var (source, value) in Empty(record))
        {
            foreach (var field in SchemaBuilder.Fields(record).Where(field => field.GetCustomAttribute<DefaultAttribute>() is not null))
            {
                var written = JsonSerializer.SerializeToNode(value, record, ApiJsonContext.Default)![SchemaBuilder.JsonName(field)];
                var expected = JsonSerializer.SerializeToNode(field.GetCustomAttribute<DefaultAttribute>()!.Value);
                JsonNode.DeepEquals(written, expected).ShouldBeTrue($"{source}: {record.Name}.{field.Name} is {written}, the schema says {expected}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void An_object_read_without_a_field_has_null_only_where_its_type_says_so(Type record)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var (source, value) in Empty(record))
        {
            foreach (var field in SchemaBuilder.Fields(record).Where(field => nullability.Create(field).ReadState == NullabilityState.NotNull))
                field.GetValue(value).ShouldNotBeNull($"{source}: {record.Name}.{field.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void An_object_of_nulls_is_read_as_an_empty_one(Type record)
    {
        var nulls = new JsonObject(SchemaBuilder.Fields(record)
            .Where(field => !field.PropertyType.IsValueType)
            .Select(field => KeyValuePair.Create<string, JsonNode?>(SchemaBuilder.JsonName(field), null)));
        JsonNode.DeepEquals(Rewrite(nulls.ToJsonString(), record), Rewrite("{}", record)).ShouldBeTrue();
    }

    private static JsonNode? Rewrite(string json, Type record) =>
        JsonSerializer.SerializeToNode(JsonSerializer.Deserialize(json, record, ApiJsonContext.Default), record, ApiJsonContext.Default);

    /// <summary>The same emptiness twice: as the deserialiser makes it and as C# code makes it.</summary>
    private static IEnumerable<(string Source, object Value)> Empty(Type record)
    {
        yield return ("read from {}", JsonSerializer.Deserialize("{}", record, ApiJsonContext.Default)!);
        var constructor = record.GetConstructors().Single(constructor => constructor.GetParameters().All(parameter => parameter.HasDefaultValue));
        yield return ("new()", constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]));
    }

    private static IEnumerable<Type> Reachable(Type record)
    {
        var types = SchemaBuilder.Fields(record)
            .Select(field => SchemaBuilder.ItemOf(field.PropertyType) ?? field.PropertyType)
            .Where(type => type.Assembly == typeof(Rollout).Assembly && type.IsClass);
        return types.SelectMany(Reachable).Prepend(record);
    }
}
