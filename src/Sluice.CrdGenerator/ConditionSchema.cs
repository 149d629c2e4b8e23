namespace Sluice.CrdGenerator;

/// <summary>
/// The schema of one entry of <c>status.conditions</c>: that of Kubernetes' own <c>metav1.Condition</c>, but for the length of the message.
/// A bound on a text that the operator writes could only keep it from reporting what is wrong.
/// </summary>
internal static class ConditionSchema
{
    public static void AddTo(YamlMap schema) => schema
        .With("type", "object")
        .With("required", new List<string> { "lastTransitionTime", "message", "reason", "status", "type" })
        .With("properties", new YamlMap
        {
            ["lastTransitionTime"] = new YamlMap { ["description"] = "When status last changed.", ["type"] = "string", ["format"] = "date-time" },
            ["message"] = new YamlMap { ["description"] = "Details, in a sentence.", ["type"] = "string" },
            ["observedGeneration"] = new YamlMap
            {
                ["description"] = "The generation of the spec that the condition answers.",
                ["type"] = "integer",
                ["format"] = "int64",
                ["minimum"] = 0,
            },
            ["reason"] = new YamlMap
            {
                ["description"] = "Why, in one CamelCase word.",
                ["type"] = "string",
                ["minLength"] = 1,
                ["maxLength"] = 1024,
                ["pattern"] = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
            },
            ["status"] = new YamlMap
            {
                ["description"] = "Whether what type names is so.",
                ["type"] = "string",
                ["enum"] = new List<string> { "True", "False", "Unknown" },
            },
            ["type"] = new YamlMap
            {
                ["description"] = "What the condition is about.",
                ["type"] = "string",
                ["maxLength"] = 316,
                ["pattern"] = @"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
            },
        });
}
