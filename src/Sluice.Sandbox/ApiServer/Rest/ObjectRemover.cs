using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What a deletion came to: the object where it stays or its kind answers with it, else only its identity.</summary>
internal sealed record DeleteResult(JsonObject Value, bool Gone);

/// <summary>The end of an object: preconditions, finalizers, grace.</summary>
internal sealed class ObjectRemover(ObjectCommitter committer, TimeProvider time)
{
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";

    public DeleteResult Delete(RestRequest rest, StoredObject stored, DeleteOptions options)
    {
        CheckPreconditions(rest.Type, stored, options);
        var old = rest.Type.FromStorage(stored.Value);
        var finalizers = Finalizers(old, options.Propagation);
        var grace = rest.Type.Rules.GracePeriodSeconds(old, options.GracePeriodSeconds);
        if (finalizers.Count == 0 && grace == 0 && !rest.Type.Rules.HoldsDeletion(old))
        {
            return new DeleteResult(options.DryRun ? old : committer.Remove(rest, stored, old), Gone: true);
        }

        var marked = Mark(rest.Type.Rules, old, finalizers, grace);
        if (JsonNode.DeepEquals(marked, old) || options.DryRun) return new DeleteResult(marked, Gone: false);
        return new DeleteResult(committer.Commit(rest, WatchEventType.Modified, stored, marked), Gone: false);
    }

    private static void CheckPreconditions(ResourceType type, StoredObject stored, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != stored.Uid)
        {
            throw ApiStatus.Conflict(type.Group, type.Kind, stored.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({stored.Uid}). "
                + "The object might have been deleted and then recreated").ToException();
        }

        var current = stored.Value.Metadata().String("resourceVersion");
        if (options.ResourceVersion is { } version && version != current)
        {
            throw ApiStatus.Conflict(type.Group, type.Kind, stored.Name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({current}). "
                + "The object might have been modified").ToException();
        }
    }

    /// <summary>The finalizers under which the object is deleted: propagation, where named, sets or clears the collector's two.</summary>
    private static List<string> Finalizers(JsonObject value, string? propagation)
    {
        var finalizers = value.Metadata().Array("finalizers")?.Select(item => item.AsText()!).ToList() ?? [];
        if (propagation is null) return finalizers;
        finalizers.RemoveAll(finalizer => finalizer is Orphan or Foreground);
        if (propagation == "Orphan") finalizers.Add(Orphan);
        if (propagation == "Foreground") finalizers.Add(Foreground);
        return finalizers;
    }

    private JsonObject Mark(KindRules rules, JsonObject old, List<string> finalizers, long grace)
    {
        var marked = old.Copy();
        var metadata = marked.Metadata();
        if (finalizers.Count > 0) metadata["finalizers"] = new JsonArray([.. finalizers.Select(item => (JsonNode)item)]);
        else metadata.Remove("finalizers");

        // A second deletion may shorten the grace, never lengthen it.
        var current = metadata.Integer("deletionGracePeriodSeconds");
        if (metadata.Has("deletionTimestamp") && grace >= (current ?? 0)) return marked;
        if (!metadata.Has("deletionTimestamp") && metadata.Integer("generation") is { } generation) metadata["generation"] = generation + 1;
        metadata["deletionTimestamp"] = Timestamps.Seconds(time.GetUtcNow() + TimeSpan.FromSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        rules.MarkDeleting(marked);
        return marked;
    }
}
