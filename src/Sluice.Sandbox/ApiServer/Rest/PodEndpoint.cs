using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Selectors;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The subresources of pods: log, eviction and binding.</summary>
internal sealed class PodEndpoint(ObjectStore store, Lock gate, ObjectWriter writer, ObjectRemover remover, PodLogs logs, TimeProvider time)
{
    /// <summary>Simulated containers have nothing that a command or a connection could reach.</summary>
    public static StatusException NoProcess() =>
        new ApiStatus(405, "MethodNotAllowed", "the sandbox's pods run no processes: exec, attach and port-forward are not to be had") { HasDetails = false }.ToException();

    public ApiResponse ReadLog(RestRequest rest)
    {
        var pod = Find(rest);
        var container = Container(rest, pod);
        var state = ContainerState(pod.Value, container);
        var log = logs.Find(rest.StoreNamespace, rest.Name!, container);
        CheckLog(rest, container, state, log);
        var text = log is null ? "" : Selected(rest, log);
        return rest.Api.Flag("follow")
            ? ApiResponse.Text(200, "") with { Log = logs.Follow(gate, (rest.StoreNamespace, rest.Name!), container, text, () => IsOver(rest, pod.Uid, container)) }
            : ApiResponse.Text(200, text);
    }

    public ApiResponse WriteLog(RestRequest rest)
    {
        logs.Write(rest.StoreNamespace, rest.Name!, Container(rest, Find(rest)), new ContainerLog(Encoding.UTF8.GetString(rest.Api.Body.Span), time.GetUtcNow()));
        return Success(200);
    }

    /// <summary>Deletes the pod, unless a disruption budget that selects it allows no disruption now.</summary>
    public ApiResponse Evict(RestRequest rest)
    {
        var pod = Find(rest);
        var body = ObjectDecoder.Parse(rest, rest.Api.Body);
        var options = body.Object("deleteOptions");
        if (BlockingBudget(pod) is { } budget)
        {
            throw new ApiStatus(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
            {
                Causes = [new FieldError("DisruptionBudget", "", $"The disruption budget {budget} does not allow evictions now")],
            }.ToException();
        }

        remover.Delete(rest, pod, new DeleteOptions(
            options.Object("preconditions").String("uid"), null, options.String("propagationPolicy"), options.Integer("gracePeriodSeconds"), rest.DryRun || options.Has("dryRun")));
        return Success(201);
    }

    /// <summary>Assigns the pod to a node, once.</summary>
    public ApiResponse Bind(RestRequest rest)
    {
        var stored = Find(rest);
        var node = ObjectDecoder.Parse(rest, rest.Api.Body).Object("target").String("name") ?? "";
        if (node.Length == 0)
        {
            throw ApiStatus.Invalid("", "Binding", rest.Name!, [FieldError.Required("target.name")]).ToException();
        }

        if (stored.Value.Object("spec").String("nodeName") is { Length: > 0 } assigned)
        {
            throw ApiStatus.Conflict("", "pods/binding", rest.Name!, $"pod {rest.Name} is already assigned to node \"{assigned}\"").ToException();
        }

        var pod = stored.Value.Copy();
        pod.Ensure("spec")["nodeName"] = node;
        var conditions = pod.Ensure("status").Array("conditions") ?? [];
        pod.Ensure("status")["conditions"] = new JsonArray([.. conditions.Where(c => c.String("type") != "PodScheduled").Select(c => c!.DeepClone()), Scheduled()]);
        writer.Bind(rest, stored, pod);
        return Success(201);
    }

    // The words of the kubelet, which a cluster asks.
    private static void CheckLog(RestRequest rest, string container, JsonObject? state, ContainerLog? log)
    {
        var hasEnded = state.Object("lastState").Object("terminated") is not null;
        if (rest.Api.Flag("previous") && !hasEnded)
        {
            throw ApiStatus.BadRequest($"previous terminated container \"{container}\" in pod \"{rest.Name}\" not found").ToException();
        }

        if (log is not null || hasEnded || state.Object("state").Object("waiting") is not { } waiting) return;
        var why = waiting.String("reason") switch
        {
            "ErrImagePull" => "image can't be pulled",
            "ImagePullBackOff" => "trying and failing to pull image",
            var reason => reason,
        };
        throw ApiStatus.BadRequest($"container \"{container}\" in pod \"{rest.Name}\" is waiting to start: {why}").ToException();
    }

    /// <summary>The part of a log that the request's parameters leave.</summary>
    private string Selected(RestRequest rest, ContainerLog log)
    {
        var since = Number(rest, "sinceSeconds") is { } seconds ? time.GetUtcNow() - TimeSpan.FromSeconds(seconds) : Timestamps.Parse(rest.Api.Parameter("sinceTime"));
        if (log.Published < since) return "";
        if (Number(rest, "tailLines") is { } lines) log = log.Tail(lines);
        if (rest.Api.Flag("timestamps")) log = log.WithTimestamps();
        return Number(rest, "limitBytes") is { } limit && log.Text.Length > limit ? log.Text[..limit] : log.Text;
    }

    private static int? Number(RestRequest rest, string parameter) =>
        int.TryParse(rest.Api.Parameter(parameter), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsOver(RestRequest rest, string? uid, string container)
    {
        if (rest.Type.Store.Find(rest.StoreNamespace, rest.Name!) is not { } pod || pod.Uid != uid) return true;
        return pod.Value.Object("status").String("phase") is "Succeeded" or "Failed" || ContainerState(pod.Value, container).Object("state").Object("terminated") is not null;
    }

    private static JsonObject? ContainerState(JsonObject pod, string container) => (pod.Object("status").Array("containerStatuses") ?? [])
        .Concat(pod.Object("status").Array("initContainerStatuses") ?? [])
        .OfType<JsonObject>().FirstOrDefault(status => status.String("name") == container);

    private static StoredObject Find(RestRequest rest) => rest.Type.Store.Find(rest.StoreNamespace, rest.Name!) ?? throw rest.NotFound();

    private static string Container(RestRequest rest, StoredObject pod)
    {
        var spec = pod.Value.Object("spec");
        var names = (spec.Array("initContainers") ?? []).Concat(spec.Array("containers") ?? []).Select(c => c.String("name") ?? "").ToList();
        var asked = rest.Api.Parameter("container") ?? spec.Array("containers")?.FirstOrDefault().String("name") ?? "";
        return names.Contains(asked)
            ? asked
            : throw ApiStatus.BadRequest($"container {asked} is not valid for pod {rest.Name}").ToException();
    }

    private string? BlockingBudget(StoredObject pod) => store.Resource("poddisruptionbudgets.policy").List(pod.Namespace)
        .Where(budget => budget.Value.Object("spec").Object("selector") is { } selector && LabelSelector.FromSpec(selector).Matches(pod.Value))
        .FirstOrDefault(budget => budget.Value.Object("status").Integer("disruptionsAllowed") is null or 0)?.Name;

    private JsonObject Scheduled() => new()
    {
        ["type"] = "PodScheduled",
        ["status"] = "True",
        ["lastProbeTime"] = null,
        ["lastTransitionTime"] = Timestamps.Seconds(time.GetUtcNow()),
    };

    private static ApiResponse Success(int code) => ApiResponse.Json(code, new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["code"] = code,
    });
}
