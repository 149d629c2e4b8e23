using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema.Cel;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>One CEL rule of a schema node.</summary>
internal sealed record ValidationRule
{
    private const string Self = "self";
    private const string OldSelf = "oldSelf";

    public required string Rule { get; init; }

    public string Message { get; init; } = "";

    public string MessageExpression { get; init; } = "";

    public string Reason { get; init; } = "";

    /// <summary>Where the error is reported, relative to the node: <c>.a.b</c> or <c>['a']</c>; empty for the node itself.</summary>
    public string FieldPath { get; init; } = "";

    /// <summary>True: the rule also runs where there is no old value. Null: not said.</summary>
    public bool? OptionalOldSelf { get; init; }

    /// <summary>Null when the rule does not compile; <see cref="Problem"/> then says why.</summary>
    public CelProgram? Program { get; private init; }

    public string Problem { get; private init; } = "";

    public CelProgram? MessageProgram { get; private init; }

    public string MessageProblem { get; private init; } = "";

    /// <summary>A transition rule: it compares with the value before.</summary>
    public bool UsesOldSelf => Program?.Uses(OldSelf) == true;

    /// <summary>The node has no type that rules could be written against.</summary>
    public bool HasNoType { get; private init; }

    public static ValidationRule Read(JsonObject json, StructuralSchema node)
    {
        var rule = new ValidationRule
        {
            Rule = json.Text("rule"),
            Message = json.Text("message"),
            MessageExpression = json.Text("messageExpression"),
            Reason = json.Text("reason"),
            FieldPath = json.Text("fieldPath"),
            OptionalOldSelf = json.ContainsKey("optionalOldSelf") ? json.Flag("optionalOldSelf") : null,
        };
        return CelTypes.Of(node, "selfType", node.IsResource) is { } type ? rule.Compile(type) : rule with { HasNoType = true };
    }

    /// <summary>The variables of an evaluation.</summary>
    public IReadOnlyDictionary<string, object> Bind(object self, object? oldSelf)
    {
        var variables = new Dictionary<string, object> { [Self] = self };
        if (OptionalOldSelf == true)
            variables[OldSelf] = new CelOptional(oldSelf);
        else if (oldSelf is not null)
            variables[OldSelf] = oldSelf;
        return variables;
    }

    private ValidationRule Compile(CelType type)
    {
        var variables = new Dictionary<string, CelType>
        {
            [Self] = type,
            [OldSelf] = OptionalOldSelf == true ? new CelType.Optional(type) : type,
        };
        var program = CelProgram.Compile(Rule, variables, out var problem);
        var isBool = program is null || program.Type == CelType.Bool || program.Type == CelType.Dyn;
        var compiled = this with
        {
            Program = isBool ? program : null,
            Problem = problem.Length > 0 ? $"compilation failed: {problem}" : isBool ? "" : "cel expression must evaluate to a bool",
        };
        return string.IsNullOrWhiteSpace(MessageExpression) ? compiled : compiled.CompileMessage(variables);
    }

    private ValidationRule CompileMessage(Dictionary<string, CelType> variables)
    {
        var program = CelProgram.Compile(MessageExpression, variables, out var problem);
        var isString = program is null || program.Type == CelType.String;
        return this with
        {
            MessageProgram = isString ? program : null,
            MessageProblem = problem.Length > 0 ? $"messageExpression compilation failed: {problem}"
                : isString ? "" : "messageExpression must evaluate to a string",
        };
    }
}
