using Sluice.Sandbox.ApiServer.Resources;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>From method and path to the verb of a resource.</summary>
internal sealed class Router(
    ResourceRegistry registry, ResourceEndpoint resources, ScaleEndpoint scales, PodEndpoint pods, NamespaceEndpoint namespaces, Reviews reviews)
{
    private static ApiResponse NoSuchPath => ApiResponse.Text(404, "404 page not found\n");

    public ApiResponse Route(ApiRequest request, RequestPath path)
    {
        if (registry.Find(path.Group, path.Version, path.Plural) is not { } type || (path.Namespace is not null && !type.Namespaced)) return Unknown(path);
        var verb = Verb(request.Method, path);
        var rest = new RestRequest(request, type, path, Spoken(request, verb));
        if (type.DeprecationWarning is { } deprecated) rest.Warnings.Add(deprecated);
        if (verb.Length == 0) return ApiResponse.Failure(type.IsCustom ? Unsupported(type, verb) : ApiStatus.MethodNotAllowed());
        try
        {
            return path.Subresource is null ? OnResource(rest, verb) : OnSubresource(rest, verb);
        }
        catch (StatusException failure) when (rest.Warnings.Count > 0)
        {
            return ResponseEncoder.Warned(rest, ApiResponse.Failure(failure.Status));
        }
    }

    // An unknown resource of a group that Kubernetes defines has a Status, anything else is nobody's path.
    private ApiResponse Unknown(RequestPath path) => registry.All.Any(type => type.Group == path.Group && !type.IsCustom)
        ? ApiResponse.Failure(ApiStatus.NoSuchResource())
        : NoSuchPath;

    private static string Verb(string method, RequestPath path) => (method, path.Name) switch
    {
        ("GET" or "HEAD", null) => "list",
        ("GET" or "HEAD", _) => "get",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", null) => "deletecollection",
        ("DELETE", _) => "delete",
        _ => "",
    };

    private static string Spoken(ApiRequest request, string verb) =>
        verb == "patch" && BodyReader.MediaType(request.ContentType) == Patcher.ApplyYaml ? "apply" : verb;

    private ApiResponse OnResource(RestRequest rest, string verb)
    {
        var type = rest.Type;
        if (!type.Verbs.Contains(verb)) throw ApiStatus.MethodNotAllowed().ToException();
        if (type.IsReview) return reviews.Answer(rest);
        if (verb == "list") return rest.Api.Flag("watch") ? resources.Watch(rest) : resources.List(rest);
        if (type is { Namespaced: true, IsCustom: true } && rest.Namespace is null) return NoSuchPath;
        CheckTarget(rest, verb);
        return verb switch
        {
            "get" => resources.Get(rest),
            "create" => resources.Create(rest),
            "update" => resources.Update(rest),
            "patch" => resources.Patch(rest),
            "delete" => resources.Delete(rest),
            _ => resources.DeleteCollection(rest),
        };
    }

    /// <summary>Writes need a namespace where the kind has one; a new object goes to the collection, anything else to a name.</summary>
    private static void CheckTarget(RestRequest rest, string verb)
    {
        var type = rest.Type;
        if (type.Namespaced && rest.Namespace is null) throw ApiStatus.MethodNotAllowed().ToException();
        // The custom resource handler takes a POST to a name, and misses the name of a PUT only later.
        if (verb == "create" && rest.Name is not null && !type.IsCustom) throw ApiStatus.MethodNotAllowed().ToException();
        if (verb is "update" or "patch" && rest.Name is null)
        {
            throw (type.IsCustom ? ApiStatus.BadRequest("name must be provided") : ApiStatus.MethodNotAllowed()).ToException();
        }
    }

    private ApiResponse OnSubresource(RestRequest rest, string verb)
    {
        if (rest.Type.Namespaced && rest.Namespace is null) return Missing(rest);
        return (rest.Subresource, verb) switch
        {
            ("status", "get") when rest.Type.HasStatus => resources.Get(rest),
            ("status", "update") when rest.Type.HasStatus => resources.Update(rest),
            ("status", "patch") when rest.Type.HasStatus => resources.Patch(rest),
            ("scale", "get") when rest.Type.Scale is not null => scales.Get(rest),
            ("scale", "update") when rest.Type.Scale is not null => scales.Update(rest),
            ("scale", "patch") when rest.Type.Scale is not null => scales.Patch(rest),
            ("exec" or "attach" or "portforward", _) when rest.Type is { Group: "", Plural: "pods" } => throw PodEndpoint.NoProcess(),
            (var other, _) when rest.Type.ExtraSubresources.Contains(other!) => OnExtra(rest, other!, verb),
            ("status", _) when rest.Type.HasStatus => throw NotOn(rest, verb),
            ("scale", _) when rest.Type.Scale is not null => throw NotOn(rest, verb),
            _ => Missing(rest),
        };
    }

    private ApiResponse OnExtra(RestRequest rest, string subresource, string verb) => (subresource, verb) switch
    {
        ("log", "get") => pods.ReadLog(rest),
        ("log", "update") => pods.WriteLog(rest),
        ("eviction", "create") => pods.Evict(rest),
        ("binding", "create") => pods.Bind(rest),
        ("finalize", "update") => namespaces.Finalize(rest),
        _ => throw ApiStatus.MethodNotAllowed().ToException(),
    };

    private static StatusException NotOn(RestRequest rest, string verb) => (rest.Type.IsCustom ? Unsupported(rest.Type, verb) : ApiStatus.MethodNotAllowed()).ToException();

    private static ApiStatus Unsupported(ResourceType type, string verb) =>
        new(405, "MethodNotAllowed", $"{verb} is not supported on resources of kind \"{type.GroupResource}\"") { Group = type.Group, Kind = type.Plural };

    private static ApiResponse Missing(RestRequest rest)
    {
        if (!rest.Type.IsCustom) return ApiResponse.Failure(ApiStatus.NoSuchResource());
        return rest.Type.Namespaced && rest.Namespace is null ? NoSuchPath : ApiResponse.Failure(rest.NotFound().Status);
    }
}
