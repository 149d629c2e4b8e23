using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The finalize subresource of namespaces: the only way to change spec.finalizers, and so the last step of a namespace's end.</summary>
internal sealed class NamespaceEndpoint(ObjectWriter writer, ResponseEncoder encoder)
{
    public ApiResponse Finalize(RestRequest rest)
    {
        var stored = rest.Type.Store.Find("", rest.Name!) ?? throw rest.NotFound();
        var given = ObjectDecoder.Decode(rest);
        var value = stored.Value.Copy();
        value.Ensure("spec").CopyPart(given.Object("spec") ?? [], "finalizers");
        value.Metadata()["resourceVersion"] = given.Metadata().String("resourceVersion");
        return encoder.Object(rest, 200, writer.Update(rest, stored, value, ownsManagedFields: false).Value);
    }
}
