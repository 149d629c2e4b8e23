namespace Sluice.Sandbox.ApiServer;

/// <summary>Who asks. The sandbox authorises everybody; the name matters to reviews and to observers.</summary>
public sealed record ApiUser(string Name, IReadOnlyList<string> Groups)
{
    /// <summary>The user of a request that carries no credentials.</summary>
    public static ApiUser Administrator { get; } = new("sandbox-admin", ["system:masters", "system:authenticated"]);
}

/// <summary>One HTTP request, already read from the wire.</summary>
/// <param name="Method">Upper case HTTP method.</param>
/// <param name="Path">Percent-decoded path without the query, beginning with a slash.</param>
public sealed record ApiRequest(string Method, string Path)
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>Decoded query parameters; of a repeated one the first counts.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = Nothing;

    public string Accept { get; init; } = "";

    public string ContentType { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public ReadOnlyMemory<byte> Body { get; init; }

    public ApiUser User { get; init; } = ApiUser.Administrator;

    /// <summary>True for a request whose answer is a stream of frames that ends with its connection.</summary>
    public bool IsWatch => Method == "GET" && Flag("watch");

    /// <summary>True for a request that may change what is stored.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD" or "OPTIONS");

    /// <summary>Builds a request from a path with an encoded query, as a client writes it.</summary>
    public static ApiRequest FromUrl(string method, string pathAndQuery)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        var mark = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return mark < 0
            ? new ApiRequest(method, Uri.UnescapeDataString(pathAndQuery))
            : new ApiRequest(method, Uri.UnescapeDataString(pathAndQuery[..mark])) { Query = ParseQuery(pathAndQuery[(mark + 1)..]) };
    }

    internal string? Parameter(string name) => Query.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    // Kubernetes reads a present but empty boolean parameter as true, and "0" and "false" as false.
    internal bool Flag(string name) => Query.TryGetValue(name, out var value) && value is not ("0" or "false");

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var result = new Dictionary<string, string>();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            result.TryAdd(Decode(name), equals < 0 ? "" : Decode(pair[(equals + 1)..]));
        }

        return result;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
