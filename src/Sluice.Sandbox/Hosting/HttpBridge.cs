using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Hosting;

/// <summary>Between Kestrel and the API server.</summary>
internal sealed class HttpBridge(InMemoryApiServer server, CancellationToken stopping)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = await ReadAsync(context.Request, context.RequestAborted);
        ApiResponse response;
        try
        {
            response = server.Handle(request);
        }
        catch (LostConnectionException)
        {
            context.Abort();
            return;
        }

        await SendAsync(context, response);
    }

    private static async Task<ApiRequest> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await http.Body.CopyToAsync(body, cancellationToken);
        var query = http.Query.ToDictionary(pair => pair.Key, pair => pair.Value.Count > 0 ? pair.Value[0] ?? "" : "");
        return new ApiRequest(http.Method.ToUpperInvariant(), http.Path.Value ?? "/")
        {
            Query = query,
            Accept = http.Headers.Accept.ToString(),
            ContentType = http.ContentType ?? "",
            UserAgent = http.Headers.UserAgent.ToString(),
            Body = body.ToArray(),
            User = Credentials.User(http.Headers.Authorization, http.Headers["Impersonate-User"], [.. http.Headers["Impersonate-Group"].OfType<string>()]),
        };
    }

    private async Task SendAsync(HttpContext context, ApiResponse response)
    {
        var http = context.Response;
        http.StatusCode = response.StatusCode;
        http.ContentType = response.ContentType;
        if (response.Warnings.Count > 0) http.Headers.Append("Warning", response.Warnings.ToArray());
        if (response.RetryAfterSeconds is { } seconds) http.Headers.RetryAfter = $"{seconds}";
        if (response.Stream is { } stream)
        {
            await StreamAsync(context, stream);
            return;
        }

        http.ContentLength = response.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await http.Body.WriteAsync(response.Body, context.RequestAborted);
    }

    private async Task StreamAsync(HttpContext context, IResponseStream stream)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        using (stream)
        {
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            try
            {
                await context.Response.StartAsync(ended.Token);
                await context.Response.Body.FlushAsync(ended.Token);
                while (await stream.WaitToReadAsync(ended.Token))
                {
                    while (stream.TryRead(out var bytes)) await context.Response.Body.WriteAsync(bytes, ended.Token);
                    await context.Response.Body.FlushAsync(ended.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The client has gone, or the sandbox is stopping: either way this is over.
            }
        }
    }
}
