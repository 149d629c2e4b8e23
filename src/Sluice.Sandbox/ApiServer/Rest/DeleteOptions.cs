using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Protobuf;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The options of a deletion, from the body or, where there is none, the query.</summary>
internal sealed record DeleteOptions(string? Uid, string? ResourceVersion, string? Propagation, long? GracePeriodSeconds, bool DryRun)
{
    /// <exception cref="StatusException">400 for what cannot be read, 422 for what contradicts itself.</exception>
    public static DeleteOptions Read(RestRequest rest)
    {
        var options = rest.Api.Body.Length > 0 ? FromBody(Body(rest)) : FromQuery(rest);
        if (options.Propagation is not (null or "Foreground" or "Background" or "Orphan"))
        {
            throw Invalid(FieldError.NotSupported(
                "propagationPolicy", Names.Quote(options.Propagation), ["\"Foreground\"", "\"Background\"", "\"Orphan\"", "\"nil\""]));
        }

        return options;
    }

    private static JsonObject Body(RestRequest rest)
    {
        if (BodyReader.MediaType(rest.Api.ContentType) == KubernetesProtobuf.MediaType) return ObjectDecoder.Parse(rest, rest.Api.Body);
        JsonNode? parsed;
        try
        {
            parsed = BodyReader.Parse(rest.Api.Body, BodyReader.IsYaml(rest.Api.ContentType));
        }
        catch (FormatException failure)
        {
            throw ApiStatus.BadRequest("couldn't get version/kind; json parse error: " + failure.Message).ToException();
        }

        var body = parsed as JsonObject ?? [];
        return body.String("kind") is null or "DeleteOptions"
            ? body
            : throw ApiStatus.BadRequest($"no kind {Names.Quote(body.String("kind")!)} is registered for version {Names.Quote(body.String("apiVersion") ?? "")} "
                + "in scheme \"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27\"").ToException();
    }

    private static DeleteOptions FromBody(JsonObject body)
    {
        var preconditions = body.Object("preconditions");
        var propagation = body.String("propagationPolicy");
        var dryRun = body.Array("dryRun") ?? [];
        if (dryRun.FirstOrDefault(item => item.AsText() != "All") is { } unknown)
        {
            throw Invalid(FieldError.NotSupported("dryRun", $"[{Names.Quote(unknown.AsText() ?? "")}]", ["\"All\""]));
        }

        if (body.Has("orphanDependents"))
        {
            if (propagation is not null)
            {
                throw Invalid(FieldError.Invalid("propagationPolicy", Names.Quote(propagation), "orphanDependents and deletionPropagation cannot be both set"));
            }

            propagation = body.IsTrue("orphanDependents") ? "Orphan" : "Background";
        }

        return new DeleteOptions(preconditions.String("uid"), preconditions.String("resourceVersion"), propagation, body.Integer("gracePeriodSeconds"), dryRun.Count > 0);
    }

    private static DeleteOptions FromQuery(RestRequest rest)
    {
        long? grace = null;
        if (rest.Api.Parameter("gracePeriodSeconds") is { } text)
        {
            grace = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
                ? seconds
                : throw ApiStatus.BadRequest($"strconv.ParseInt: parsing {Names.Quote(text)}: invalid syntax").ToException();
        }

        return new DeleteOptions(null, null, rest.Api.Parameter("propagationPolicy"), grace, rest.DryRun);
    }

    private static StatusException Invalid(FieldError error) => ApiStatus.Invalid("meta.k8s.io", "DeleteOptions", "", [error]).ToException();
}
