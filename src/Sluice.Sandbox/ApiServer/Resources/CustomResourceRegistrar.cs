using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>
/// Follows CustomResourceDefinitions: serves what they define, reports so in their status, and clears away what is left when they go.
/// The real server does this a moment later in controllers of its own; here it is done before the write is answered.
/// </summary>
internal sealed class CustomResourceRegistrar(
    ResourceRegistry registry, ObjectStore store, ObjectCommitter committer, ObjectRemover remover, TimeProvider time)
{
    public const string Plural = "customresourcedefinitions";
    public const string CleanUp = "customresourcecleanup.apiextensions.k8s.io";
    public const string Group = "apiextensions.k8s.io";

    private const string Terminating = "Terminating";

    /// <summary>Called after every commit.</summary>
    public void React(ResourceType type, StoreEvent change)
    {
        if (type.IsCustom && change.Type == WatchEventType.Deleted) FinishIfEmpty(type);
        if (type.Group != Group || type.Plural != Plural) return;
        var definition = change.After.Value;
        var spec = definition.Object("spec");
        if (change.Type == WatchEventType.Deleted) registry.Remove(spec.String("group")!, spec.Object("names").String("plural")!);
        else if (change.After.IsDeleting) Clear(type, change.After);
        else if (change.Before is null || !JsonNode.DeepEquals(change.Before.Value["spec"], definition["spec"])) Serve(type, change.After);
    }

    private void Serve(ResourceType definitions, StoredObject stored)
    {
        var conflict = Conflict(stored.Value);
        if (conflict is null)
        {
            var spec = stored.Value.Object("spec");
            registry.Remove(spec.String("group")!, spec.Object("names").String("plural")!);
            foreach (var type in CustomResources.Types(stored.Value, store.Resource(stored.Name))) registry.Add(type);
        }

        Report(definitions, stored, conflict);
    }

    /// <summary>The reason and message of what another definition of the same group has taken already; null where nothing is.</summary>
    private (string Reason, string Message)? Conflict(JsonObject definition)
    {
        var spec = definition.Object("spec");
        var (group, names) = (spec.String("group"), spec.Object("names"));
        var others = registry.All.Where(type => type.Group == group && type.Plural != names.String("plural")).ToList();
        // The last clash that is found is the one that is told.
        foreach (var (name, reason) in (ReadOnlySpan<(string, string)>)[("listKind", "ListKindConflict"), ("kind", "KindConflict")])
        {
            var text = names.String(name);
            if (others.Any(other => (name == "kind" ? other.Kind : other.ListKind) == text)) return (reason, $"\"{text}\" is already in use");
        }

        return null;
    }

    private void Report(ResourceType definitions, StoredObject stored, (string Reason, string Message)? conflict)
    {
        var reported = stored.Value.Copy();
        var names = reported.Object("spec").Object("names");
        var status = reported.Ensure("status");
        status["conditions"] = new JsonArray(
            conflict is null
                ? Condition(stored, "NamesAccepted", "True", "NoConflicts", "no conflicts found")
                : Condition(stored, "NamesAccepted", "False", conflict.Value.Reason, conflict.Value.Message),
            conflict is null
                ? Condition(stored, "Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
                : Condition(stored, "Established", "False", "NotAccepted", "not all names are accepted"));
        status["acceptedNames"] = conflict is null ? names?.DeepClone() : new JsonObject { ["plural"] = names.String("plural"), ["kind"] = "" };
        if (JsonNode.DeepEquals(stored.Value, reported)) return;
        CommitStatus(definitions, stored, reported);
    }

    private JsonObject Condition(StoredObject stored, string type, string status, string reason, string message)
    {
        var before = (stored.Value.Object("status").Array("conditions") ?? []).FirstOrDefault(condition => condition.String("type") == type);
        var since = before.String("status") == status ? before.String("lastTransitionTime") : null;
        return new JsonObject
        {
            ["type"] = type,
            ["status"] = status,
            ["lastTransitionTime"] = since ?? Timestamps.Seconds(time.GetUtcNow()),
            ["reason"] = reason,
            ["message"] = message,
        };
    }

    private void Clear(ResourceType definitions, StoredObject stored)
    {
        var spec = stored.Value.Object("spec");
        var (group, plural) = (spec.String("group")!, spec.Object("names").String("plural")!);
        if (registry.All.FirstOrDefault(type => type.Group == group && type.Plural == plural) is not { } type)
        {
            // A definition whose names were taken was never served.
            Finish(stored.Name);
            return;
        }

        // The report is itself a change of the definition, upon which its objects go.
        if (ReportClearing(definitions, stored)) return;
        foreach (var item in type.Store.List(null).Where(item => !item.IsDeleting).ToList())
        {
            remover.Delete(Internal(type, item.Name, null, item.Namespace), item, new DeleteOptions(null, null, null, null, DryRun: false));
        }

        FinishIfEmpty(type);
    }

    /// <summary>Says in the status that the objects are being deleted; false where it says so already.</summary>
    private bool ReportClearing(ResourceType definitions, StoredObject stored)
    {
        const string reason = "InstanceDeletionInProgress";
        var reported = stored.Value.Copy();
        var conditions = reported.Ensure("status").Array("conditions") ?? [];
        if (conditions.Any(condition => condition.String("reason") == reason)) return false;
        var others = conditions.Where(condition => condition.String("type") != Terminating).Select(condition => condition!.DeepClone());
        reported["status"]!["conditions"] = new JsonArray([.. others, Condition(stored, Terminating, "True", reason, "CustomResource deletion is in progress")]);
        CommitStatus(definitions, stored, reported);
        return true;
    }

    private void CommitStatus(ResourceType definitions, StoredObject stored, JsonObject reported)
    {
        var rest = Internal(definitions, stored.Name, "status");
        var accounted = ManagedFields.OnUpdate(
            stored.Value, reported, rest.FieldManager, definitions.ApiVersion, "status", definitions.Schema, time.GetUtcNow());
        committer.Commit(rest, WatchEventType.Modified, stored, accounted);
    }

    private void FinishIfEmpty(ResourceType type)
    {
        if (type.Store.Count == 0) Finish(type.GroupResource);
    }

    private void Finish(string name)
    {
        if (registry.Find(Group, "v1", Plural) is not { } definitions) return;
        if (definitions.Store.Find("", name) is not { IsDeleting: true } definition) return;
        if ((definition.Value.Metadata().Array("finalizers") ?? []).All(finalizer => finalizer.AsText() == CleanUp)) committer.Remove(Internal(definitions, definition.Name, null), definition, definition.Value);
    }

    private static RestRequest Internal(ResourceType type, string name, string? subresource, string @namespace = "")
    {
        var path = new RequestPath(type.Group, type.Version, @namespace.Length == 0 ? null : @namespace, type.Plural, name, subresource);
        return new RestRequest(new ApiRequest("PUT", "/") { UserAgent = "kube-apiserver/v1.36.4" }, type, path, "update");
    }
}
