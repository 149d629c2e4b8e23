using System.Text.Json.Nodes;
using Sluice.Sandbox.Demo.Parts;
using Sluice.TestSupport;
using YamlDotNet.Serialization;

namespace Sluice.Simulation.GitOps;

/// <summary>The Lua of <c>config/gitops/argocd-cm.yaml</c>, run by the interpreter that Argo CD uses.</summary>
internal static class ArgoCdScripts
{
    private const string Kind = "sluice.dev_Rollout";

    private static readonly string Root = Repository.Find().Root;
    private static readonly GoProgram Interpreter = new("argo-cd-lua", Path.Combine(Root, "tests", "Sluice.Simulation", "GitOps", "lua"));
    private static readonly Dictionary<string, string> Data = Read();

    private static string Health => Data[$"resource.customizations.health.{Kind}"];

    public static async Task<IReadOnlyList<(string Status, string? Message)>> HealthOfAsync(IReadOnlyList<JsonNode> rollouts, CancellationToken ct) =>
        [.. (await RunAsync(Health, rollouts, ct)).Select(result => ((string)result["status"]!, (string?)result["message"]))];

    /// <summary>The names of the actions that are enabled.</summary>
    public static async Task<IReadOnlyList<string>> ActionsOfAsync(JsonNode rollout, CancellationToken ct)
    {
        var actions = (await RunAsync(Actions().Discovery, [rollout], ct))[0].AsObject();
        return [.. actions.Where(action => (bool?)action.Value?["disabled"] != true).Select(action => action.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>The object as the action leaves it.</summary>
    public static async Task<JsonNode> ActAsync(string action, JsonNode rollout, CancellationToken ct) => (await RunAsync(Actions().Definitions[action], [rollout], ct))[0];

    private static async Task<IReadOnlyList<JsonNode>> RunAsync(string script, IReadOnlyList<JsonNode> objects, CancellationToken ct)
    {
        var tasks = new JsonArray([.. objects.Select(item => new JsonObject { ["script"] = script, ["object"] = item.DeepClone() })]);
        var (exitCode, output, error) = await Interpreter.RunAsync([], tasks.ToJsonString(), ct);
        exitCode.ShouldBe(0, error);
        var answers = JsonNode.Parse(output)!.AsArray();
        answers.Select(answer => (string?)answer!["error"]).ShouldAllBe(message => message == null);
        return [.. answers.Select(answer => answer!["result"]!)];
    }

    private static Dictionary<string, string> Read() =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<string, string>>>(File.ReadAllText(Path.Combine(Root, "config", "gitops", "argocd-cm.yaml")))["data"];

    private static (string Discovery, IReadOnlyDictionary<string, string> Definitions) Actions()
    {
        var actions = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(Data[$"resource.customizations.actions.{Kind}"]);
        var definitions = ((List<object>)actions["definitions"]).Cast<Dictionary<object, object>>().ToDictionary(item => (string)item["name"], item => (string)item["action.lua"]);
        return ((string)actions["discovery.lua"], definitions);
    }
}
