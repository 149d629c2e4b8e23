using System.Text;

namespace Sluice.Sandbox.ApiServer;

/// <summary>
/// What containers wrote. A node publishes with <c>PUT /api/v1/namespaces/{ns}/pods/{name}/log?container={c}</c> (the whole text, text/plain), an addition of the
/// sandbox to the Kubernetes API; readers use the ordinary GET of the same path. Logs go when their pod goes.
/// </summary>
internal sealed class PodLogs
{
    private readonly Dictionary<(string Namespace, string Pod), Dictionary<string, string>> _logs = [];

    public void Write(string @namespace, string pod, string container, string text)
    {
        if (!_logs.TryGetValue((@namespace, pod), out var containers))
        {
            containers = [];
            _logs.Add((@namespace, pod), containers);
        }

        containers[container] = text;
    }

    public string Read(string @namespace, string pod, string container) =>
        _logs.TryGetValue((@namespace, pod), out var containers) ? containers.GetValueOrDefault(container, "") : "";

    public void Forget(string @namespace, string pod) => _logs.Remove((@namespace, pod));

    /// <summary>The last lines of a text, its line ends kept.</summary>
    public static string Tail(string text, int lines)
    {
        var at = text.Length;
        if (text.EndsWith('\n')) at--;
        for (; lines > 0 && at > 0; lines--) at = text.LastIndexOf('\n', at - 1);
        return at <= 0 ? text : text[(at + 1)..];
    }
}
