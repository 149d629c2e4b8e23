using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Hosting;

namespace Sluice.Simulation.World;

/// <summary>Requests that arrive late: their sender has given them up, and may be dead.</summary>
internal sealed class HeldRequests(ReleaseWorld world, HistoryLog log, int seed) : IDisposable
{
    /// <summary>As long as a connection may take to deliver what it has accepted.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly List<ITimer> timers = [];

    public void Hold(HttpRequestMessage request)
    {
        var delay = Longest * StableDraw.Unit(seed, $"held/{timers.Count}");
        var body = request.Content is { } content ? ReadAll(content) : null;
        var (method, uri, media) = (request.Method, request.RequestUri, request.Content?.Headers.ContentType);
        var headers = request.Headers.Select(header => (header.Key, header.Value)).ToList();
        timers.Add(world.Cluster.Time.CreateTimer(_ => Send(), state: null, delay, Timeout.InfiniteTimeSpan));

        void Send()
        {
            using var late = new HttpRequestMessage(method, uri);
            foreach (var (name, values) in headers) late.Headers.TryAddWithoutValidation(name, values);
            if (body is not null)
            {
                late.Content = new ByteArrayContent(body);
                late.Content.Headers.ContentType = media;
            }

            using var connection = new HttpMessageInvoker(new ApiServerHandler(world.Cluster.Server));
            world.HasLateArrival = true;
            using var answer = connection.Send(late, CancellationToken.None);
            world.HasLateArrival = false;
            log.Say($"  {method} {uri!.AbsolutePath}, held until now, is answered with {(int)answer.StatusCode}");
        }
    }

    public void Dispose()
    {
        foreach (var timer in timers) timer.Dispose();
    }

    private static byte[] ReadAll(HttpContent content)
    {
        using var copy = new MemoryStream();
        content.CopyTo(copy, context: null, CancellationToken.None);
        return copy.ToArray();
    }
}
