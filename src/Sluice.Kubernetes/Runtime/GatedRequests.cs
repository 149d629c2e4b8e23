using System.Net;

namespace Sluice.Kubernetes.Runtime;

/// <summary>
/// Lets requests that write through to the network while the gate is open. It is asked for each attempt, and again when the connection is there and the body is
/// about to go out: credentials, retries and handshakes take time, and a process can be suspended anywhere.
/// </summary>
/// <param name="gate">Closed: nothing is sent, and a KubernetesException of reason NotLeading says so.</param>
/// <param name="inner">Sends.</param>
public sealed class GatedRequests(WriteGate gate, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head)
            return base.SendAsync(request, cancellationToken);

        gate.ThrowIfClosed();
        if (request.Content is { } content)
            request.Content = new GatedContent(gate, content);

        return base.SendAsync(request, cancellationToken);
    }

    /// <summary>A body that is not given out once the gate is closed: the request breaks off, and no server carries out half a request.</summary>
    private sealed class GatedContent : HttpContent
    {
        private readonly WriteGate gate;
        private readonly HttpContent content;

        public GatedContent(WriteGate gate, HttpContent content)
        {
            this.gate = gate;
            this.content = content;
            foreach (var (name, values) in content.Headers)
                Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            gate.ThrowIfClosed();
            return content.CopyToAsync(stream, context, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Headers.ContentLength ?? 0;
            return content.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                content.Dispose();

            base.Dispose(disposing);
        }
    }
}
