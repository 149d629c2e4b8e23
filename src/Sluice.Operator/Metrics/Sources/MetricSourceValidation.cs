using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Operator.Metrics.Sources;

/// <summary>What must hold of metric sources before the operator starts with them.</summary>
public static partial class MetricSourceValidation
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(10);

    private static readonly SearchValues<char> HeaderNameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>Set by the client itself, or by the HTTP stack from what is sent.</summary>
    private static readonly string[] ReservedHeaders = ["Authorization", "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection"];

    /// <summary>All faults, one line each, with the field's path.</summary>
    public static IReadOnlyList<string> Validate(IReadOnlyList<MetricSourceOptions> sources)
    {
        var errors = new List<string>();
        var names = new HashSet<string>();
        for (var i = 0; i < sources.Count; i++)
        {
            var path = $"{MetricSourcesYaml.Section}[{i.ToString(CultureInfo.InvariantCulture)}]";
            if (!names.Add(sources[i].Name)) errors.Add($"{path}.name: {sources[i].Name} is there twice");
            errors.AddRange(Faults(sources[i]).Select(fault => $"{path}.{fault}"));
        }

        return errors;
    }

    private static IEnumerable<string> Faults(MetricSourceOptions source)
    {
        if (!DnsLabel().IsMatch(source.Name)) yield return "name: must be a DNS label (lower case letters, digits, hyphens)";
        if (AddressFault(source.Address) is { } fault) yield return $"address: {fault}";
        if (source is { BearerTokenFile: not null, BasicAuth: not null }) yield return "bearerTokenFile: there is basicAuth too; a request carries only one";
        if (source.BearerTokenFile is "") yield return "bearerTokenFile: is empty";
        if (source.CaFile is "") yield return "caFile: is empty";
        if (source.CaFile is not null && source.Address.Scheme != Uri.UriSchemeHttps) yield return "caFile: the address is not https";
        if (source.BasicAuth is { } basic && (basic.Username.Length == 0 || basic.Username.Contains(':', StringComparison.Ordinal)))
            yield return "basicAuth.username: is empty or has a colon";
        if (source.BasicAuth is { PasswordFile: "" }) yield return "basicAuth.passwordFile: is empty";
        if (!LabelName().IsMatch(source.NamespaceLabel)) yield return "namespaceLabel: is no label name";
        if (!LabelName().IsMatch(source.PodLabel)) yield return "podLabel: is no label name";
        if (!IsBetween(source.ScrapeInterval)) yield return "scrapeInterval: must be from 100ms to 10m";
        if (!IsBetween(source.Timeout)) yield return "timeout: must be from 100ms to 10m";
        foreach (var name in source.Namespaces.Where(name => !DnsLabel().IsMatch(name))) yield return $"namespaces: {name} is no namespace's name";
        foreach (var header in HeaderFaults(source.Headers)) yield return header;
    }

    private static string? AddressFault(Uri address)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)) return "must be an http or https URL";
        if (address.UserInfo.Length > 0) return "carries credentials: use basicAuth, whose password is in a file";
        return address.Query.Length > 0 || address.Fragment.Length > 0 ? "has a query or a fragment" : null;
    }

    private static IEnumerable<string> HeaderFaults(IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(HeaderNameCharacters)) yield return $"headers: {name} is no header's name";
            else if (ReservedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)) yield return $"headers.{name}: is not yours to set (bearerTokenFile and basicAuth are for credentials)";
            else if (value.Any(c => c is < ' ' or > '~')) yield return $"headers.{name}: the value has characters that no header may have";
        }
    }

    private static bool IsBetween(TimeSpan interval) => interval >= ShortestInterval && interval <= LongestInterval;

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DnsLabel();

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelName();
}
