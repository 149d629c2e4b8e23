using Sluice.Api.Values;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sluice.Operator.Metrics.Sources;

/// <summary>
/// The fields of a YAML mapping, taken one by one; faults are collected with the field's path. Values of fields are not quoted in them:
/// somebody may have written a secret where a file's name belongs.
/// </summary>
internal sealed class YamlFields
{
    private readonly Dictionary<string, YamlNode> _unread = [];
    private readonly string _path;
    private readonly List<string> _errors;

    public YamlFields(YamlNode node, string path, List<string> errors)
    {
        _path = path;
        _errors = errors;
        if (node is not YamlMappingNode mapping)
        {
            errors.Add($"{path}: must be a mapping");
            return;
        }

        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name }) _unread[name] = value;
            else errors.Add($"{path}: a key is no plain text");
        }
    }

    public void Fault(string field, string message) => _errors.Add($"{_path}.{field}: {message}");

    public void RejectUnread()
    {
        foreach (var name in _unread.Keys) Fault(name, "is unknown");
    }

    public string? Text(string field) => Take(field) is { } node ? Scalar(field, node) : null;

    public bool? Flag(string field) => Text(field) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => Faulty<bool?>(field, "must be true or false"),
    };

    public TimeSpan? Duration(string field)
    {
        if (Text(field) is not { } text) return null;
        return GoDuration.TryParse(text, out var duration) ? duration : Faulty<TimeSpan?>(field, "must be a duration such as 15s");
    }

    public IReadOnlyList<string> List(string field)
    {
        if (Take(field) is not { } node) return [];
        if (node is YamlSequenceNode list) return [.. list.Children.Select(item => Scalar(field, item)).OfType<string>()];

        Fault(field, "must be a list");
        return [];
    }

    public IReadOnlyDictionary<string, string> Map(string field)
    {
        var map = new Dictionary<string, string>();
        if (Nested(field) is not { } nested) return map;

        foreach (var name in nested._unread.Keys.ToList())
        {
            if (nested.Text(name) is { } value) map[name] = value;
        }

        return map;
    }

    public YamlFields? Nested(string field) => Take(field) is { } node ? new YamlFields(node, $"{_path}.{field}", _errors) : null;

    /// <summary>An empty value (<c>field:</c> and nothing) is an absent one, as in Kubernetes.</summary>
    private YamlNode? Take(string field)
    {
        if (!_unread.Remove(field, out var node)) return null;
        return node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" } ? null : node;
    }

    private string? Scalar(string field, YamlNode node) =>
        node is YamlScalarNode { Value: { } value } ? value : Faulty<string?>(field, "must be a text");

    private T? Faulty<T>(string field, string message)
    {
        Fault(field, message);
        return default;
    }
}
