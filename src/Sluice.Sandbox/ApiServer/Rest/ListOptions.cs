using System.Globalization;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Selectors;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The parameters of a list or a watch, read and checked as Kubernetes does before it looks at anything else.</summary>
/// <param name="Labels">What labels must be like.</param>
/// <param name="Fields">What fields must be like.</param>
/// <param name="Limit">Most items of a page; 0 for all.</param>
/// <param name="TimeoutSeconds">How long a watch stays open; 0 where the server chooses.</param>
internal sealed record ListOptions(LabelSelector Labels, FieldSelector Fields, long Limit, long TimeoutSeconds)
{
    public const string NotOlderThan = "NotOlderThan";
    public const string Exact = "Exact";
    private const string MatchField = "resourceVersionMatch";

    public string? ResourceVersion { get; private init; }

    public string? Match { get; private init; }

    public string? Continue { get; private init; }

    public bool? SendInitialEvents { get; private init; }

    public bool AllowWatchBookmarks { get; private init; }

    /// <summary>True where a version of "0" asks for whatever is at hand.</summary>
    public bool AnyVersion => ResourceVersion == "0";

    public bool SelectsAll => Labels.Requirements.Count == 0 && Fields.Requirements.Count == 0;

    /// <exception cref="StatusException">400 for what cannot be read, 422 for what contradicts itself.</exception>
    public static ListOptions Read(RestRequest rest, bool watch)
    {
        var api = rest.Api;
        var type = rest.Type;
        var limit = Integer(api, "limit");
        var timeout = Integer(api, "timeoutSeconds");
        var labels = LabelSelector.Parse(api.Parameter("labelSelector"));
        var fields = FieldSelector.Parse(api.Parameter("fieldSelector"), field =>
            field is "metadata.name" || (field is "metadata.namespace" && type.Namespaced) || type.SelectableFields.Contains(field));
        var options = new ListOptions(labels, fields, Math.Max(limit, 0), Math.Max(timeout, 0))
        {
            ResourceVersion = api.Parameter("resourceVersion"),
            Match = api.Parameter(MatchField),
            Continue = api.Parameter("continue"),
            SendInitialEvents = api.Query.ContainsKey("sendInitialEvents") ? api.Flag("sendInitialEvents") : null,
            AllowWatchBookmarks = api.Flag("allowWatchBookmarks"),
        };
        List<FieldError> errors = watch ? [.. options.WatchErrors()] : [.. options.ListErrors()];
        return errors.Count == 0 ? options : throw ApiStatus.Invalid("meta.k8s.io", "ListOptions", "", errors).ToException();
    }

    private IEnumerable<FieldError> ListErrors()
    {
        if (Match is not null)
        {
            if (ResourceVersion is null) yield return Forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided");
            if (Continue is not null) yield return Forbidden("resourceVersionMatch is forbidden when continue is provided");
            if (Match is not (Exact or NotOlderThan)) yield return FieldError.NotSupported(MatchField, Names.Quote(Match), ["\"Exact\"", "\"NotOlderThan\"", "\"\""]);
            if (Match == Exact && AnyVersion) yield return Forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }

        if (SendInitialEvents is not null) yield return FieldError.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
    }

    private IEnumerable<FieldError> WatchErrors()
    {
        if (SendInitialEvents is not null && Match != NotOlderThan) yield return Forbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        if (Match is not null)
        {
            if (SendInitialEvents is null) yield return Forbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            if (Match != NotOlderThan) yield return FieldError.NotSupported(MatchField, Names.Quote(Match), ["\"NotOlderThan\""]);
        }

        if (Continue is not null) yield return Forbidden("resourceVersionMatch is forbidden when continue is provided");
    }

    private static FieldError Forbidden(string detail) => FieldError.Forbidden(MatchField, detail);

    private static long Integer(ApiRequest api, string name)
    {
        if (api.Parameter(name) is not { } text) return 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiStatus.BadRequest($"strconv.ParseInt: parsing {Names.Quote(text)}: invalid syntax").ToException();
    }
}
