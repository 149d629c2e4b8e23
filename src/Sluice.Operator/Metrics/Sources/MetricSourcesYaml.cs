using System.Globalization;
using Sluice.Api.Values;
using YamlDotNet.RepresentationModel;

namespace Sluice.Operator.Metrics.Sources;

/// <summary>The metric sources of a configuration, or everything that is wrong with them: one line a fault, the field named.</summary>
public abstract record MetricSourcesRead
{
    private MetricSourcesRead() { }

    public sealed record Valid(IReadOnlyList<MetricSourceOptions> Sources) : MetricSourcesRead;

    public sealed record Invalid(IReadOnlyList<string> Errors) : MetricSourcesRead;
}

/// <summary>
/// Reads <c>metricSources</c> of the operator's configuration file. An unknown field is an error, so that a misspelt one cannot pass as a default:
/// <code>
/// metricSources:
/// - name: default
///   address: https://prometheus.monitoring:9090
///   bearerTokenFile: /var/run/secrets/prometheus/token
/// </code>
/// </summary>
public static class MetricSourcesYaml
{
    public const string Section = "metricSources";

    /// <summary>Reads the section out of a whole file; other sections are not looked at, and without this one there are no sources.</summary>
    public static MetricSourcesRead Read(string yaml)
    {
        if (ConfigurationYaml.Load(yaml, out var problem) is not { } stream) return new MetricSourcesRead.Invalid([problem!]);

        return stream.Documents switch
        {
            [] => new MetricSourcesRead.Valid([]),
            [{ RootNode: YamlMappingNode root }] => Read(root),
            _ => new MetricSourcesRead.Invalid(["the configuration is not one YAML mapping"]),
        };
    }

    /// <summary>The same from a file that was read already.</summary>
    internal static MetricSourcesRead Read(YamlMappingNode root)
    {
        var errors = new List<string>();
        var sources = root.Children.TryGetValue(new YamlScalarNode(Section), out var section) ? ReadSources(section, errors).ToList() : [];
        errors.AddRange(MetricSourceValidation.Validate(sources));
        return errors.Count == 0 ? new MetricSourcesRead.Valid(sources) : new MetricSourcesRead.Invalid(errors);
    }

    private static IEnumerable<MetricSourceOptions> ReadSources(YamlNode section, List<string> errors)
    {
        if (section is not YamlSequenceNode list)
        {
            errors.Add($"{Section}: must be a list");
            yield break;
        }

        for (var i = 0; i < list.Children.Count; i++)
        {
            var fields = new YamlFields(list.Children[i], $"{Section}[{i.ToString(CultureInfo.InvariantCulture)}]", errors);
            if (ReadSource(fields) is { } source) yield return source;
            fields.RejectUnread();
        }
    }

    private static MetricSourceOptions? ReadSource(YamlFields fields)
    {
        var defaults = new MetricSourceOptions { Address = new Uri("http://localhost") };
        var address = fields.Text("address");
        var source = defaults with
        {
            Name = fields.Text("name") ?? defaults.Name,
            BearerTokenFile = fields.Text("bearerTokenFile"),
            BasicAuth = ReadBasicAuth(fields),
            CaFile = fields.Text("caFile"),
            Headers = fields.Map("headers"),
            NamespaceLabel = fields.Text("namespaceLabel") ?? defaults.NamespaceLabel,
            PodLabel = fields.Text("podLabel") ?? defaults.PodLabel,
            ScrapeInterval = fields.Duration("scrapeInterval") ?? defaults.ScrapeInterval,
            Timeout = fields.Duration("timeout") ?? defaults.Timeout,
            Namespaces = fields.List("namespaces"),
            AllowQueries = fields.Flag("allowQueries") ?? defaults.AllowQueries,
        };
        if (address is null)
        {
            fields.Fault("address", "is required");
            return null;
        }

        if (Uri.TryCreate(address, UriKind.Absolute, out var uri)) return source with { Address = uri };

        fields.Fault("address", "is no absolute URL");
        return null;
    }

    private static BasicAuthOptions? ReadBasicAuth(YamlFields fields)
    {
        if (fields.Nested("basicAuth") is not { } basic) return null;

        var username = basic.Text("username");
        var passwordFile = basic.Text("passwordFile");
        if (username is null) basic.Fault("username", "is required");
        if (passwordFile is null) basic.Fault("passwordFile", "is required");
        basic.RejectUnread();
        return username is null || passwordFile is null ? null : new BasicAuthOptions(username, passwordFile);
    }
}
