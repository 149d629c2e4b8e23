using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Objects are created of kinds and in namespaces that exist and are not on their way out.</summary>
internal sealed class CreationGuard(ObjectStore store)
{
    private readonly ResourceStore _namespaces = store.Resource("namespaces");
    private readonly ResourceStore _definitions = store.Resource($"{CustomResourceRegistrar.Plural}.{CustomResourceRegistrar.Group}");

    public void CheckCreate(RestRequest rest, JsonObject value)
    {
        if (rest.Type.IsCustom && _definitions.Find("", rest.Type.GroupResource) is { IsDeleting: true })
        {
            throw ApiStatus.Forbidden(rest.Type.Group, rest.Type.Plural, value.Name(), "create not allowed while custom resource definition is terminating").ToException();
        }

        if (!rest.Type.Namespaced) return;
        var name = rest.StoreNamespace;
        var found = _namespaces.Find("", name) ?? throw ApiStatus.NotFound("", "namespaces", name).ToException();
        if (!found.IsDeleting) return;
        var why = $"unable to create new content in namespace {name} because it is being terminated";
        throw (ApiStatus.Forbidden(rest.Type.Group, rest.Type.Plural, value.Name(), why) with
        {
            Causes = [new FieldError("NamespaceTerminating", "metadata.namespace", $"namespace {name} is being terminated")],
        }).ToException();
    }
}
