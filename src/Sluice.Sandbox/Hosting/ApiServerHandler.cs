using System.Net;
using System.Net.Http.Headers;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Hosting;

/// <summary>
/// An HttpClient's way to the API server without a network. Every answer is there when <c>SendAsync</c> returns, as a completed task, on the
/// caller's thread: under virtual time nothing happens that the caller does not wait for. A watch is a body that goes on.
/// </summary>
public sealed class ApiServerHandler(InMemoryApiServer server) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Send(request, cancellationToken));
        }
        catch (LostConnectionException lost)
        {
            return Task.FromException<HttpResponseMessage>(new HttpRequestException(lost.Message, lost));
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        return Translate(request, server.Handle(Translate(request, cancellationToken)));
    }

    private static ApiRequest Translate(HttpRequestMessage http, CancellationToken cancellationToken)
    {
        var request = ApiRequest.FromUrl(http.Method.Method, http.RequestUri!.PathAndQuery);
        using var body = new MemoryStream();
        http.Content?.CopyTo(body, null, cancellationToken);
        return request with
        {
            Accept = http.Headers.Accept.ToString(),
            ContentType = http.Content?.Headers.ContentType?.ToString() ?? "",
            UserAgent = http.Headers.UserAgent.ToString(),
            Body = body.ToArray(),
            User = Credentials.User(
                http.Headers.Authorization?.ToString(),
                http.Headers.TryGetValues("Impersonate-User", out var users) ? users.First() : null,
                http.Headers.TryGetValues("Impersonate-Group", out var groups) ? [.. groups] : []),
        };
    }

    private static HttpResponseMessage Translate(HttpRequestMessage request, ApiResponse response)
    {
        var message = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { RequestMessage = request };
        message.Content = response.Stream is { } stream ? new StreamContent(new StreamedBody(stream)) : new ReadOnlyMemoryContent(response.Body);
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(response.ContentType);
        foreach (var warning in response.Warnings) message.Headers.TryAddWithoutValidation("Warning", warning);
        if (response.RetryAfterSeconds is { } seconds) message.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        return message;
    }
}
