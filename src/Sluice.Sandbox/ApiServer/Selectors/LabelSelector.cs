using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Selectors;

internal enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

internal sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>As Kubernetes defines it: an object without the label satisfies NotIn.</summary>
    public bool Matches(JsonObject? labels)
    {
        var value = labels.String(Key);
        return Operator switch
        {
            LabelOperator.In => value is not null && Values.Contains(value),
            LabelOperator.NotIn => value is null || !Values.Contains(value),
            LabelOperator.Exists => value is not null,
            LabelOperator.DoesNotExist => value is null,
            LabelOperator.GreaterThan => long.TryParse(value, out var number) && number > long.Parse(Values[0]),
            _ => long.TryParse(value, out var number) && number < long.Parse(Values[0]),
        };
    }
}

/// <summary>The <c>labelSelector</c> parameter, and the LabelSelector of specs.</summary>
internal sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    public static LabelSelector Everything { get; } = new([]);

    public bool Matches(JsonObject @object) => MatchesLabels(@object.Object("metadata").Object("labels"));

    public bool MatchesLabels(JsonObject? labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels)) return false;
        }

        return true;
    }

    public static LabelSelector Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? Everything : new LabelSelector(new LabelSelectorParser(text).Parse());

    /// <summary>Reads <c>matchLabels</c> and <c>matchExpressions</c>; unknown operators match nothing.</summary>
    public static LabelSelector FromSpec(JsonObject? selector)
    {
        if (selector is null) return Everything;
        var requirements = new List<LabelRequirement>();
        foreach (var (key, value) in selector.Object("matchLabels") ?? [])
        {
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value.AsText() ?? ""]));
        }

        foreach (var expression in selector.Array("matchExpressions") ?? [])
        {
            var values = expression.Array("values")?.Select(value => value.AsText() ?? "").ToList() ?? [];
            requirements.Add(new LabelRequirement(expression.String("key") ?? "", SpecOperator(expression.String("operator")), values));
        }

        return new LabelSelector(requirements);
    }

    /// <summary>The selector in the form of the query parameter, as the scale subresource reports it.</summary>
    public override string ToString() => string.Join(",", Requirements.OrderBy(r => r.Key, StringComparer.Ordinal).Select(Text));

    private static LabelOperator SpecOperator(string? text) => text switch
    {
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        _ => LabelOperator.In,
    };

    private static string Text(LabelRequirement requirement) => requirement.Operator switch
    {
        LabelOperator.In when requirement.Values.Count == 1 => $"{requirement.Key}={requirement.Values[0]}",
        LabelOperator.In => $"{requirement.Key} in ({string.Join(",", requirement.Values)})",
        LabelOperator.NotIn => $"{requirement.Key} notin ({string.Join(",", requirement.Values)})",
        LabelOperator.Exists => requirement.Key,
        LabelOperator.DoesNotExist => "!" + requirement.Key,
        LabelOperator.GreaterThan => $"{requirement.Key}>{requirement.Values[0]}",
        _ => $"{requirement.Key}<{requirement.Values[0]}",
    };
}
