using System.Text;

namespace Sluice.Kubernetes.Client;

/// <summary>A request that can be sent again as often as needed.</summary>
/// <param name="Method">The HTTP verb.</param>
/// <param name="Path">Below the server's address, escaped, without a leading slash.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    public ReadOnlyMemory<byte>? Body { get; init; }

    public string MediaType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/json";

    /// <summary>Adds query parameters; those whose value is null are left out.</summary>
    public ApiRequest WithQuery(params ReadOnlySpan<(string Key, string? Value)> parameters)
    {
        var path = new StringBuilder(Path);
        var separator = Path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (key, value) in parameters)
        {
            if (value is null)
                continue;

            path.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return this with { Path = path.ToString() };
    }
}
