namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What form the client wants objects in.</summary>
internal enum OutputFormat
{
    Object,
    Table,
    PartialMetadata,
}

/// <summary>Choice of a form by the Accept header: the first clause that can be served wins.</summary>
internal static class Negotiation
{
    public static OutputFormat Choose(string accept)
    {
        if (accept.Length == 0) return OutputFormat.Object;
        foreach (var clause in accept.Split(','))
        {
            var parts = clause.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "application/*" or "*/*")) continue;
            if (Format(parts) is { } format) return format;
        }

        throw new ApiStatus(406, "NotAcceptable", "only the following media types are accepted: application/json") { HasDetails = false }.ToException();
    }

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
            "as=PartialObjectMetadata" or "as=PartialObjectMetadataList" => OutputFormat.PartialMetadata,
            _ => null,
        };
    }
}
