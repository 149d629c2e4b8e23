namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What form the client wants objects in.</summary>
internal enum OutputFormat
{
    Object,
    Table,
    PartialMetadata,
    PartialMetadataList,
}

/// <summary>Choice of a form by the Accept header: the first clause that can be served wins.</summary>
internal static class Negotiation
{
    private const string Yaml = "application/yaml";

    /// <summary>The answer in YAML, where the client prefers that; bodies that go on stay JSON.</summary>
    public static ApiResponse InPreferredLanguage(string accept, ApiResponse response)
    {
        if (response.Stream is not null || response.ContentType != "application/json" || !PrefersYaml(accept)) return response;
        return response with { ContentType = Yaml, Body = YamlWriter.Write(response.Body) };
    }

    /// <param name="accept">The Accept header.</param>
    /// <param name="streamed">For a body that goes on, which YAML has no form for.</param>
    public static OutputFormat Choose(string accept, bool streamed = false)
    {
        if (accept.Length == 0) return OutputFormat.Object;
        foreach (var clause in accept.Split(','))
        {
            var parts = clause.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "application/*" or "*/*") && (streamed || parts[0] != Yaml)) continue;
            if (Format(parts) is { } format) return format;
        }

        throw new ApiStatus(406, "NotAcceptable", $"only the following media types are accepted: {(streamed ? "application/json;stream=watch" : "application/json, application/yaml")}") { HasDetails = false }.ToException();
    }

    private static bool PrefersYaml(string accept) => accept.Split(',').Select(BodyReader.MediaType)
        .FirstOrDefault(media => media is "application/json" or "application/*" or "*/*" or Yaml) == Yaml;

    // Only meta.k8s.io/v1 is served; kubectl also offers v1beta1, which nothing needs any more.
    private static OutputFormat? Format(string[] parts)
    {
        var parameters = parts.Skip(1).ToList();
        var form = parameters.Find(p => p.StartsWith("as=", StringComparison.Ordinal));
        if (form is null) return OutputFormat.Object;
        if (!parameters.Contains("v=v1") || !parameters.Contains("g=meta.k8s.io")) return null;
        return form switch
        {
            "as=Table" => OutputFormat.Table,
            "as=PartialObjectMetadata" => OutputFormat.PartialMetadata,
            "as=PartialObjectMetadataList" => OutputFormat.PartialMetadataList,
            _ => null,
        };
    }
}
