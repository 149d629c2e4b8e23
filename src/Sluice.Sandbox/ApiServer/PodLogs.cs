using System.Text;

namespace Sluice.Sandbox.ApiServer;

/// <summary>What a container wrote, and when that was published.</summary>
internal sealed record ContainerLog(string Text, DateTimeOffset Published)
{
    /// <summary>The last lines, their line ends kept.</summary>
    public ContainerLog Tail(int lines)
    {
        var at = Text.Length;
        if (Text.EndsWith('\n')) at--;
        for (; lines > 0 && at > 0; lines--) at = Text.LastIndexOf('\n', at - 1);
        return at <= 0 ? this : this with { Text = Text[(at + 1)..] };
    }

    /// <summary>Each line behind the time of its publication, as the kubelet writes it.</summary>
    public ContainerLog WithTimestamps()
    {
        var time = Published.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var result = new StringBuilder();
        foreach (var line in Text.Split('\n'))
        {
            if (result.Length > 0) result.Append('\n');
            if (line.Length > 0) result.Append(time).Append(' ').Append(line);
        }

        return this with { Text = result.ToString() };
    }
}

/// <summary>
/// What containers wrote. A node publishes with <c>PUT /api/v1/namespaces/{ns}/pods/{name}/log?container={c}</c> (the whole text, text/plain), an addition of the
/// sandbox to the Kubernetes API; readers use the ordinary GET of the same path. Logs go when their pod goes.
/// </summary>
internal sealed class PodLogs
{
    private readonly Dictionary<(string Namespace, string Pod), Dictionary<string, ContainerLog>> _logs = [];
    private readonly Dictionary<(string Namespace, string Pod), List<LogStream>> _followers = [];

    public void Write(string @namespace, string pod, string container, ContainerLog log)
    {
        if (!_logs.TryGetValue((@namespace, pod), out var containers))
        {
            containers = [];
            _logs.Add((@namespace, pod), containers);
        }

        containers[container] = log;
        Changed(@namespace, pod);
    }

    /// <summary>A container's log; null where nothing was published.</summary>
    public ContainerLog? Find(string @namespace, string pod, string container) =>
        _logs.TryGetValue((@namespace, pod), out var containers) ? containers.GetValueOrDefault(container) : null;

    /// <summary>A reader that gets <paramref name="first"/>, and what is published after it.</summary>
    public LogStream Follow(Lock gate, (string Namespace, string Pod) pod, string container, string first, Func<bool> isOver)
    {
        if (!_followers.TryGetValue(pod, out var followers)) _followers.Add(pod, followers = []);
        var stream = new LogStream(gate, first, () => Find(pod.Namespace, pod.Pod, container)?.Text ?? "", isOver, gone => Detach(pod, gone));
        followers.Add(stream);
        return stream;
    }

    /// <summary>Tells followers that the pod or its log is another than before.</summary>
    public void Changed(string @namespace, string pod)
    {
        foreach (var follower in _followers.GetValueOrDefault((@namespace, pod), [])) follower.Wake();
    }

    public void Forget(string @namespace, string pod) => _logs.Remove((@namespace, pod));

    private void Detach((string Namespace, string Pod) pod, LogStream stream)
    {
        if (_followers.TryGetValue(pod, out var followers) && followers.Remove(stream) && followers.Count == 0) _followers.Remove(pod);
    }
}
