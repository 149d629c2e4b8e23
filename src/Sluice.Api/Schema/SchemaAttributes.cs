using System.Diagnostics.CodeAnalysis;

namespace Sluice.Api.Schema;

/// <summary>The field must be present. Not C#'s <c>required</c>: an object that lacks it must still be readable, to be reported as invalid.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>Smallest number allowed; on an int-or-string field it bounds the integer form.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MinimumAttribute(long value) : Attribute
{
    public long Value { get; } = value;
}

/// <summary>Largest number allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaximumAttribute(long value) : Attribute
{
    public long Value { get; } = value;
}

/// <summary>Fewest items of a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MinItemsAttribute(int value) : Attribute
{
    public int Value { get; } = value;
}

/// <summary>Most items of a list. Every list has it: without it the API server cannot bound the cost of a CEL rule.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxItemsAttribute(int value) : Attribute
{
    public int Value { get; } = value;
}

/// <summary>Most entries of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxPropertiesAttribute(int value) : Attribute
{
    public int Value { get; } = value;
}

/// <summary>Fewest characters of a string, or of each string of a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MinLengthAttribute(int value) : Attribute
{
    public int Value { get; } = value;
}

/// <summary>Most characters of a string, or of each string of a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxLengthAttribute(int value) : Attribute
{
    public int Value { get; } = value;
}

/// <summary>Regular expression (RE2) that a string, or each string of a list, must match.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute([StringSyntax(StringSyntaxAttribute.Regex)] string value) : Attribute
{
    public string Value { get; } = value;
}

/// <summary>What the API server fills in when the field is absent. A test holds it equal to what the record itself answers then.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute : Attribute
{
    public DefaultAttribute(string value) => Value = value;

    public DefaultAttribute(int value) => Value = value;

    public DefaultAttribute(bool value) => Value = value;

    public object Value { get; }
}

/// <summary>An absent object is defaulted to an empty one, so that the defaults of its fields apply.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultEmptyAttribute : Attribute;

/// <summary>
/// A status that nobody has written yet says that it answers no generation of the spec. kstatus takes an object that says nothing for one that has reached
/// what is wanted: without this, whoever waits for a new object would be done at once.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultUnobservedAttribute : Attribute
{
    /// <summary>Generations begin at 1.</summary>
    public const int Generation = -1;
}

/// <summary>How server-side apply merges a list: <c>atomic</c>, <c>set</c> or <c>map</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListTypeAttribute(string value) : Attribute
{
    public string Value { get; } = value;
}

/// <summary>The fields that identify an item of a list of type <c>map</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapKeysAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>The object is stored as it comes; its schema is checked elsewhere (a dry run of what is built from it).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PreserveUnknownFieldsAttribute : Attribute;

/// <summary>A validation rule in CEL, checked by the API server. The operator checks the same condition again.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    public string Rule { get; } = rule;

    public string Message { get; } = message;
}

/// <summary>A column of <c>kubectl get</c>: its name, type (string, integer, date, …) and one JSONPath.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PrinterColumnAttribute(string name, string type, string jsonPath, string description) : Attribute
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public string JsonPath { get; } = jsonPath;

    public string Description { get; } = description;

    /// <summary>Shown by <c>-o wide</c> only.</summary>
    public bool Wide { get; set; }
}

/// <summary>Names under which kubectl finds the kind besides its own.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResourceNamesAttribute : Attribute
{
    /// <summary>Short names, separated by commas.</summary>
    public string ShortNames { get; set; } = "";

    /// <summary>Categories such as <c>all</c>, separated by commas.</summary>
    public string Categories { get; set; } = "";
}

/// <summary>Serves the scale subresource, for <c>kubectl scale</c> and autoscalers.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScaleSubresourceAttribute(string specReplicasPath, string statusReplicasPath, string labelSelectorPath) : Attribute
{
    public string SpecReplicasPath { get; } = specReplicasPath;

    public string StatusReplicasPath { get; } = statusReplicasPath;

    public string LabelSelectorPath { get; } = labelSelectorPath;
}

/// <summary>A field that <c>kubectl get --field-selector</c> and watches can select by.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class SelectableFieldAttribute(string jsonPath) : Attribute
{
    public string JsonPath { get; } = jsonPath;
}
