using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Kubernetes.Models.PodSpecs;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Kinds;

/// <summary>The checks of the containers of one pod, whose names are unique among all its lists.</summary>
internal sealed partial class ContainerValidation(List<FieldError> errors, HashSet<string> volumes)
{
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];
    private static readonly string[] ProbeHandlers = ["exec", "httpGet", "tcpSocket", "grpc"];

    private readonly HashSet<string> _names = [];

    public void Validate(JsonArray containers, string path, bool init)
    {
        for (var index = 0; index < containers.Count; index++) Container(containers[index], $"{path}[{index}]", init);
    }

    private void Container(JsonNode? container, string path, bool init)
    {
        Name(container.String("name") ?? "", path + ".name");
        Image(container.String("image") ?? "", path + ".image");
        Ports(container.Array("ports"), path + ".ports");
        Environment(container.Array("env"), path + ".env");
        Mounts(container.Array("volumeMounts"), path + ".volumeMounts");
        var restarts = container.String("restartPolicy") == "Always";
        foreach (var probe in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container.Object(probe) is not { } present) continue;
            if (init && !restarts) errors.Add(FieldError.Forbidden($"{path}.{probe}", "may not be set for init containers without restartPolicy=Always"));
            else Probe(present, $"{path}.{probe}");
        }

        Resources(container.Object("resources"), path + ".resources");
        OneOf(container.String("imagePullPolicy"), path + ".imagePullPolicy", PullPolicies);
    }

    private void Name(string name, string path)
    {
        if (name.Length == 0) errors.Add(FieldError.Required(path));
        else if (Names.DnsLabel(name).ToList() is { Count: > 0 } details)
        {
            errors.AddRange(details.Select(detail => FieldError.Invalid(path, Names.Quote(name), detail)));
        }
        else if (!_names.Add(name)) errors.Add(FieldError.Duplicate(path, Names.Quote(name)));
    }

    private void Image(string image, string path)
    {
        if (image.Length == 0) errors.Add(FieldError.Required(path));
        else if (image.Trim().Length != image.Length) errors.Add(FieldError.Invalid(path, Names.Quote(image), "must not have leading or trailing whitespace"));
    }

    private void Ports(JsonArray? ports, string path)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < (ports?.Count ?? 0); index++)
        {
            var (port, field) = (ports![index], $"{path}[{index}]");
            if (port.String("name") is { Length: > 0 } name) PortName(name, field + ".name", names);
            var number = port.Integer("containerPort") ?? 0;
            if (number == 0) errors.Add(FieldError.Required(field + ".containerPort"));
            else PortNumber(number, field + ".containerPort");
            if (port.Integer("hostPort") is { } host and not 0) PortNumber(host, field + ".hostPort");
            OneOf(port.String("protocol"), field + ".protocol", Protocols);
        }
    }

    private void PortName(string name, string path, HashSet<string> names)
    {
        if (!PortNameExpression().IsMatch(name) || !name.Any(char.IsAsciiLetter) || name.Contains("--", StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(path, Names.Quote(name),
                "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), at most 15 characters, at least one letter"));
        }
        else if (!names.Add(name)) errors.Add(FieldError.Duplicate(path, Names.Quote(name)));
    }

    private void PortNumber(long number, string path)
    {
        if (number is < 1 or > 65535) errors.Add(FieldError.Invalid(path, $"{number}", "must be between 1 and 65535, inclusive"));
    }

    private void Environment(JsonArray? variables, string path)
    {
        for (var index = 0; index < (variables?.Count ?? 0); index++)
        {
            var (variable, field) = (variables![index], $"{path}[{index}]");
            var name = variable.String("name") ?? "";
            if (name.Length == 0) errors.Add(FieldError.Required(field + ".name"));
            else errors.AddRange(Names.EnvironmentVariable(name).Select(detail => FieldError.Invalid(field + ".name", Names.Quote(name), detail)));
            if (variable.Object("valueFrom") is not { } source) continue;
            if (variable.Has("value")) errors.Add(FieldError.Invalid(field + ".valueFrom", "\"\"", "may not be specified when `value` is not empty"));
            else if (source.Count == 0)
            {
                errors.Add(FieldError.Invalid(field + ".valueFrom", "\"\"",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"));
            }
        }
    }

    private void Mounts(JsonArray? mounts, string path)
    {
        var places = new HashSet<string>();
        for (var index = 0; index < (mounts?.Count ?? 0); index++)
        {
            var (mount, field) = (mounts![index], $"{path}[{index}]");
            var (name, place) = (mount.String("name") ?? "", mount.String("mountPath") ?? "");
            if (name.Length == 0) errors.Add(FieldError.Required(field + ".name"));
            else if (!volumes.Contains(name)) errors.Add(new FieldError("FieldValueNotFound", field + ".name", $"Not found: {Names.Quote(name)}"));
            if (place.Length == 0) errors.Add(FieldError.Required(field + ".mountPath"));
            else if (!places.Add(place)) errors.Add(FieldError.Invalid(field + ".mountPath", Names.Quote(place), "must be unique"));
        }
    }

    private void Probe(JsonObject probe, string path)
    {
        var handlers = ProbeHandlers.Count(probe.ContainsKey);
        if (handlers == 0) errors.Add(FieldError.Required(path, "must specify a handler type"));
        foreach (var extra in ProbeHandlers.Where(probe.ContainsKey).Skip(1)) errors.Add(FieldError.Forbidden($"{path}.{extra}", "may not specify more than 1 handler type"));
        foreach (var seconds in (ReadOnlySpan<string>)["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
        {
            if (probe.Integer(seconds) is { } value and < 0) errors.Add(FieldError.Invalid($"{path}.{seconds}", $"{value}", "must be greater than or equal to 0"));
        }

        foreach (var handler in (ReadOnlySpan<string>)["httpGet", "tcpSocket"])
        {
            if (probe.Object(handler)?["port"].AsInteger() is { } number) PortNumber(number, $"{path}.{handler}.port");
        }
    }

    private void Resources(JsonObject? resources, string path)
    {
        foreach (var (name, value) in resources.Object("requests") ?? [])
        {
            if (!Quantity.TryParse(Quantity.Text(value) ?? "", out var request)) continue;
            if (request < 0) errors.Add(FieldError.Invalid($"{path}.requests[{name}]", Names.Quote(Quantity.Text(value)!), "must be greater than or equal to 0"));
            if (Quantity.Text(resources.Object("limits")?[name]) is not { } text || !Quantity.TryParse(text, out var limit) || request <= limit) continue;
            errors.Add(FieldError.Invalid($"{path}.requests", Names.Quote(Quantity.Text(value)!), $"must be less than or equal to {name} limit of {text}"));
        }
    }

    private void OneOf(string? value, string path, string[] allowed)
    {
        if (string.IsNullOrEmpty(value)) errors.Add(FieldError.Required(path));
        else if (!allowed.Contains(value)) errors.Add(FieldError.NotSupported(path, Names.Quote(value), allowed.Select(Names.Quote)));
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PortNameExpression();
}
