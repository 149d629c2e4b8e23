using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Sandbox.ApiServer.Rest;

namespace Sluice.Simulation.Fuzzing;

/// <summary>Draws Rollout specs that the CRD's own schema accepts, its rules in CEL included; whether the operator accepts them is another matter.</summary>
/// <param name="random">Draws.</param>
/// <param name="tame">Only what a person would write, so that most of the specs are released.</param>
internal sealed partial class SchemaSamples(Random random, bool tame)
{
    /// <summary>The first of the choices for a kind of value are those that the operator accepts too.</summary>
    private const int TameChoices = 3;

    private static readonly JsonObject Schema = YamlReader.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "crd", "sluice.dev_rollouts.yaml")))!
        ["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject();

    /// <summary>What a pattern of the schema accepts. A new pattern needs a line here.</summary>
    private static readonly Dictionary<string, string[]> Matching = new()
    {
        [@"^((100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%|0(\.[0-9]+)?|1(\.0+)?)$"] = ["1%", "5%", "0.01", "100%", "0", "1", "99.99999999%", "0.0000000000000000000000001", "1.000"],
        [@"^(0|([0-9]+(\.[0-9]+)?(h|m|s|ms))+)$"] = ["1s", "90s", "5m", "10s", "0", "1h30m", "0.5s", "1ms", "87600h", "999999999h", "99999999999999999999999999h", "1h1h1h1h"],
        [@"^[0-9]+(\.[0-9]+)?$"] = ["1.5", "0", "1", "99999999999999999999999999999999", "0.00000000000000000000000000000"],
        [@"^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]{1,3}|%)?$"] = ["1", "-1", "5%", "1e3", "1e999", "-1e-999", "0", "-0"],
        ["^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"] = ["default", "error-rate", "a", "0", "latency", "other"],
        [@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"] = ["default", "migrator", "a.b"],
        ["^[A-Za-z_][-A-Za-z0-9_]*$"] = ["service", "a", "_", "namespace", "A-1"],
        ["^(All|Any)$"] = ["All", "Any"],
        ["^(100|[0-9]{1,2})%$"] = ["0%", "25%", "100%", "01%"],
    };

    private static readonly string[] Times = ["2025-12-31T23:59:59Z", "2026-01-01T00:00:30Z", "2026-01-01T00:10:00+02:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-29T12:00:00.999999999-11:59"];

    /// <summary>What a person writes into a field of this name.</summary>
    private static readonly Dictionary<string, string> Usual = new()
    {
        ["source"] = "default",
        ["counter"] = "http_requests_total",
        ["errors"] = "code=~\"5..\"",
        ["total"] = "sum(http_requests_total)",
        ["query"] = "scalar(up)",
        ["image"] = "registry.example.com/app:v3",
    };

    /// <summary>Fields that name other objects, which are not there.</summary>
    private static readonly HashSet<string> Elsewhere = ["traffic", "templates", "args"];

    private static readonly string[] Templates =
    [
        """{"containers": [{"name": "app", "image": "registry.example.com/app:v1"}]}""",
        """{"containers": [{"name": "app", "image": "registry.example.com/app:v2", "env": [{"name": "A", "value": "b"}], "envFrom": []}]}""",
        """{"containers": [{"name": "app", "image": "a"}, {"name": "b", "image": "b"}], "imagePullSecrets": [{"name": "s"}]}""",
        """{"containers": []}""",
        """{"containers": [{}]}""",
        """{"containers": [{"name": "app"}]}""",
        """{"containers": [7]}""",
        """{"containers": {"name": "app"}}""",
        """{"containers": [{"name": 7, "image": ["a"], "env": "x"}]}""",
        """{"containers": [{"name": "app", "image": "a", "env": [null, 1, {"name": null}, {"value": {}}], "envFrom": [null]}], "imagePullSecrets": [null, "x"]}""",
        "{}",
    ];

    public JsonObject Spec()
    {
        var spec = Object(Schema);
        if (spec["replicas"] is { } replicas && (long)replicas > 8) spec["replicas"] = random.Next(9);
        if (tame) Arrange(spec);
        return spec;
    }

    /// <summary>What no schema can say: pods before they are measured, names that differ, and times that leave time.</summary>
    private void Arrange(JsonObject spec)
    {
        spec.Remove("minReadySeconds");
        spec.Remove("progressDeadlineSeconds");
        if (random.Next(8) > 0) spec.Remove("paused");
        var canary = spec["strategy"]!["canary"]?["steps"] as JsonArray;
        canary?.Insert(0, new JsonObject { ["setWeight"] = 50 });
        if ((canary ?? spec["strategy"]!["blueGreen"]?["prePromotion"]) is not JsonArray steps) return;

        foreach (var (index, step) in steps.Index())
        {
            (step!["analysis"] as JsonObject)?.Remove("maxDuration");
            if (step["gate"] is JsonObject gate) gate["name"] = string.Create(CultureInfo.InvariantCulture, $"gate-{index}");
        }
    }

    private T One<T>(params IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private string Likely(string[] choices) => choices[random.Next(tame ? Math.Min(TameChoices, choices.Length) : choices.Length)];

    [GeneratedRegex(@"^has\(self\.\w+\) (?<relation>!=|==|\|\|) has\(self\.\w+\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TwoFields();

    [GeneratedRegex(@"has\(self\.(?<name>\w+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Field();

    private JsonNode? Member(string name, JsonObject schema) => tame && Usual.TryGetValue(name, out var usual) && (string?)schema["type"] == "string" ? usual : Value(schema);

    private JsonNode? Value(JsonObject schema)
    {
        if (schema["enum"] is JsonArray allowed) return One<JsonNode>([.. allowed!]).DeepClone();
        if (schema["x-kubernetes-int-or-string"] is not null) return random.Next(2) == 0 ? Integer(schema) : Text(schema);
        if (schema["x-kubernetes-preserve-unknown-fields"] is not null) return JsonNode.Parse(Likely(Templates));
        return (string?)schema["type"] switch
        {
            "object" when schema["additionalProperties"] is JsonObject values => Map(values),
            "object" => Object(schema),
            "array" => Array(schema),
            "string" => Text(schema),
            "integer" => Integer(schema),
            "boolean" => random.Next(2) == 0,
            var other => throw new NotSupportedException($"type {other} in the schema"),
        };
    }

    private JsonObject Object(JsonObject schema)
    {
        var properties = schema["properties"]!.AsObject();
        var required = schema["required"]?.AsArray().Select(name => (string)name!).ToHashSet() ?? [];
        var value = new JsonObject();
        foreach (var (name, property) in properties.Where(property => required.Contains(property.Key) || (random.Next(5) < 3 && !(tame && Elsewhere.Contains(property.Key))))) value[name] = Member(name, property!.AsObject());
        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? []) Obey((string)rule!["rule"]!, value, properties);
        return value;
    }

    private void Obey(string rule, JsonObject value, JsonObject properties)
    {
        var fields = Field().Matches(rule).Select(match => match.Groups["name"].Value).ToList();
        var pair = TwoFields().Match(rule);
        switch (pair.Success ? pair.Groups["relation"].Value : "")
        {
            case "||" when !fields.Exists(value.ContainsKey):
                value[fields[0]] = Member(fields[0], properties[fields[0]]!.AsObject());
                break;
            case "||":
                break;
            case "==" when value.ContainsKey(fields[0]):
                value[fields[1]] ??= Member(fields[1], properties[fields[1]]!.AsObject());
                break;
            case "==":
                value.Remove(fields[1]);
                break;
            case "" when rule.StartsWith("has(self.analysis) ||", StringComparison.Ordinal):
                value["analysis"] ??= Member("analysis", properties["analysis"]!.AsObject());
                break;
            case "" when rule.StartsWith("!has(self.prePromotion)", StringComparison.Ordinal):
                foreach (var step in value["prePromotion"]?.AsArray().Where(step => step!["setWeight"] is not null).ToList() ?? []) step!.ReplaceWith(new JsonObject { ["pause"] = new JsonObject() });
                break;
            case "" when rule == "self.stableSubset != self.canarySubset":
                (value["stableSubset"], value["canarySubset"]) = ("stable", "canary");
                break;
            case "" when fields.Contains("destinationRule"):
                string[] sides = random.Next(2) == 0 ? ["destinationRule"] : ["stableService", "canaryService"];
                foreach (var field in fields.Except(sides)) value.Remove(field);
                foreach (var side in sides) value[side] ??= Member(side, properties[side]!.AsObject());
                break;
            case "" when rule == "self.activeService != self.previewService":
                // No two Rollouts may name the same one.
                value["activeService"] = string.Create(CultureInfo.InvariantCulture, $"active-{random.Next()}");
                value["previewService"] = "preview";
                if (tame) value["previewService"] = string.Create(CultureInfo.InvariantCulture, $"preview-{random.Next()}");
                break;
            case "" when tame && fields.Contains("workloadRef"):
                // The Deployment that it names is not there.
                value.Remove("workloadRef");
                value["template"] ??= Member("template", properties["template"]!.AsObject());
                break;
            default:
                var chosen = One(fields);
                foreach (var field in fields.Where(field => field != chosen)) value.Remove(field);
                value[chosen] ??= Member(chosen, properties[chosen]!.AsObject());
                break;
        }
    }

    private JsonObject Map(JsonObject values)
    {
        var map = new JsonObject();
        foreach (var key in new[] { "app", "example.com/team", "sandbox.sluice.dev/ready-after" }.Where(_ => random.Next(3) == 0)) map[key] = One("payments", "1s", "");
        return values["type"] is null ? [] : map;
    }

    private JsonArray Array(JsonObject schema)
    {
        var (least, most) = ((int)((long?)schema["minItems"] ?? 0), (int)Math.Min((long?)schema["maxItems"] ?? 4, random.Next(20) == 0 ? 1000 : 4));
        var items = Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => Value(schema["items"]!.AsObject())).ToList();
        var keys = schema["x-kubernetes-list-map-keys"]?.AsArray().Select(key => (string)key!).ToList();
        return (string?)schema["x-kubernetes-list-type"] switch
        {
            "map" => [.. items.DistinctBy(item => string.Join('\n', keys!.Select(key => item![key]?.ToJsonString())))],
            "set" when tame => [],
            "set" => [.. items.DistinctBy(item => item?.ToJsonString())],
            _ => [.. items],
        };
    }

    private JsonValue Integer(JsonObject schema)
    {
        var (least, most) = ((long?)schema["minimum"] ?? int.MinValue, (long?)schema["maximum"] ?? int.MaxValue);
        if (tame) return JsonValue.Create(Math.Clamp(random.Next(1, 50), least, most));
        return JsonValue.Create(One(least, most, Math.Clamp(random.Next(100), least, most), Math.Clamp(1, least, most)));
    }

    private JsonValue Text(JsonObject schema)
    {
        if ((string?)schema["pattern"] is { } pattern)
        {
            return JsonValue.Create(Matching.TryGetValue(pattern, out var matching)
                    ? Likely(matching)
                : throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"the pattern {pattern} of the schema")));
        }

        if ((string?)schema["format"] == "date-time") return JsonValue.Create(Likely(Times));

        var (least, most) = ((int)((long?)schema["minLength"] ?? 0), (int)((long?)schema["maxLength"] ?? 4096));
        var text = !tame && random.Next(3) == 0 ? One(HostileText.All) : One("http_requests_total", "code=~\"5..\"", "scalar(up)", "error-rate", "./migrate", "x");
        return JsonValue.Create(text.Length < least ? "x" : text.Length > most ? HostileText.Cut(text, most) : text);
    }
}
