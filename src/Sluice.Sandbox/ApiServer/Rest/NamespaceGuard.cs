using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Objects are created in namespaces that exist and are not on their way out.</summary>
internal sealed class NamespaceGuard(ObjectStore store)
{
    private readonly ResourceStore _namespaces = store.Resource("namespaces");

    public void CheckCreate(RestRequest rest, JsonObject value)
    {
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
