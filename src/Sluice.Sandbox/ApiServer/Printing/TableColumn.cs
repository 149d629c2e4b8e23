using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>
/// One column of <c>kubectl get</c>: priority 0 is always shown, 1 with <c>-o wide</c>. The cell is of an object, at a time that ages are counted from.
/// </summary>
internal sealed record TableColumn(
    string Name, string Type, string Format, string Description, int Priority, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    // Kubernetes' published descriptions of these two fields head every table.
    private const string NameDescription =
        "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation "
        + "of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. "
        + "More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

    public const string CreatedDescription =
        "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order "
        + "across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. "
        + "Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

    public static TableColumn ObjectName { get; } = new("Name", "string", "name", NameDescription, 0, (value, _) => value.Name());

    public static TableColumn CreatedAt { get; } =
        new("Created At", "date", "", CreatedDescription, 0, (value, _) => value.Object("metadata").String("creationTimestamp"));

    public static TableColumn Age { get; } = new("Age", "string", "", CreatedDescription, 0, (value, now) => HumanDuration.Since(value, now));

    /// <summary>The columns of a kind that has none of its own.</summary>
    public static IReadOnlyList<TableColumn> Plain { get; } = [ObjectName, CreatedAt];

    public static TableColumn Text(string name, Func<JsonObject, string?> cell, bool wide = false) =>
        new(name, "string", "", "", wide ? 1 : 0, (value, _) => cell(value));

    public static TableColumn Number(string name, Func<JsonObject, long?> cell) =>
        new(name, "integer", "", "", 0, (value, _) => cell(value));

    public JsonObject Definition() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };
}
