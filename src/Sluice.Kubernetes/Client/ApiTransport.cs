using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// Sends requests: identity, one refresh on 401, a deadline for each attempt, retries where the server asks for them, errors as <see cref="KubernetesException"/>.
/// </summary>
/// <remarks>
/// Only an answer that carries Retry-After is followed by another attempt: it says that nothing was done. When no answer came the outcome is unknown,
/// and whether to try again is for the caller to decide, who can look at the world first.
/// </remarks>
internal sealed class ApiTransport : IDisposable
{
    /// <summary>Up to a tenth more than the server asked for, so that refused clients do not come back together.</summary>
    private const double RetryJitter = 0.1;

    /// <summary>Whoever asks for no pause at all, or for one that is over already, still gets ten requests over ten seconds and not at once.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly KubernetesClientConfiguration configuration;
    private readonly KubernetesClientOptions options;
    private readonly HttpMessageInvoker invoker;
    private readonly ResiliencePipeline retries;
    private readonly Jitter jitter;
    private readonly ServerWarnings warnings;
    private readonly string prefix;

    public ApiTransport(KubernetesClientConfiguration configuration, KubernetesClientOptions options)
    {
        this.configuration = configuration;
        this.options = options;
        jitter = new Jitter(options.Random);
        warnings = new ServerWarnings(options.LoggerFactory.CreateLogger<KubernetesClient>());
        prefix = configuration.Server.AbsoluteUri.TrimEnd('/') + "/";
        var primary = options.PrimaryHandler ?? new ServerConnections(configuration, options.UndeliveredTimeout);
        invoker = new HttpMessageInvoker(options.WrapHandler?.Invoke(primary) ?? primary, disposeHandler: options.PrimaryHandler is null);
        retries = BuildRetries();
    }

    /// <summary>Sends and reads within the deadline, again when the server asks for it.</summary>
    public async Task<TResult> CallAsync<TResult>(
        ApiRequest request, TimeSpan timeout, Func<HttpResponseMessage, CancellationToken, Task<TResult>> read, CancellationToken ct) =>
        await retries.ExecuteAsync(
            static async (call, token) => await call.Transport.AttemptAsync(call.Request, call.Timeout, call.Read, token),
            (Transport: this, Request: request, Timeout: timeout, Read: read),
            ct);

    /// <summary>
    /// Sends once and returns as soon as a success' headers are there; the caller owns the response, reads its body at its own pace
    /// and bounds that by <paramref name="ct"/>. Used by watches, which have their own backoff.
    /// </summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken ct)
    {
        try
        {
            var response = await SendAuthenticatedAsync(request, ct);
            if (response.IsSuccessStatusCode)
                return response;

            using (response)
            {
                throw await StatusReader.ReadFailureAsync(response, options.TimeProvider.GetUtcNow(), ct);
            }
        }
        catch (Exception error) when (IsTransport(error))
        {
            throw Unreachable(error);
        }
    }

    public void Dispose() => invoker.Dispose();

    private static bool IsTransport(Exception error) => error is HttpRequestException or IOException or TimeoutException or System.Security.Authentication.AuthenticationException;

    private static KubernetesException Unreachable(Exception error)
    {
        var cause = error.InnerException is { } inner && inner.Message != error.Message ? $" ({inner.Message})" : "";
        return StatusReader.NoAnswer("Unreachable", $"no answer from the API server: {error.Message}{cause}", error);
    }

    private async Task<TResult> AttemptAsync<TResult>(
        ApiRequest request, TimeSpan timeout, Func<HttpResponseMessage, CancellationToken, Task<TResult>> read, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(timeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var response = await OpenAsync(request, either.Token);
            return await read(response, either.Token);
        }
        catch (Exception error) when (IsTransport(error))
        {
            throw Unreachable(error);
        }
        catch (OperationCanceledException error) when (!ct.IsCancellationRequested)
        {
            throw StatusReader.NoAnswer("Timeout", $"no complete answer from the API server within {timeout.TotalSeconds:0.#} s", error);
        }
    }

    private async Task<HttpResponseMessage> SendAuthenticatedAsync(ApiRequest request, CancellationToken ct)
    {
        var credential = await configuration.Credentials.GetAsync(ct);
        var response = await SendAsync(request, credential, ct);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;

        try
        {
            if (!await configuration.Credentials.RefreshAsync(credential, ct))
                return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }

        response.Dispose();
        return await SendAsync(request, await configuration.Credentials.GetAsync(ct), ct);
    }

    private async Task<HttpResponseMessage> SendAsync(ApiRequest request, KubernetesCredential credential, CancellationToken ct)
    {
        using var message = Build(request, credential);
        var code = "<error>";
        try
        {
            var response = await invoker.SendAsync(message, ct);
            code = ((int)response.StatusCode).ToString();
            warnings.Tell(response);
            return response;
        }
        finally
        {
            options.Metrics?.RestClientRequests.Add(1, new("code", code), new("method", request.Method.Method));
        }
    }

    private HttpRequestMessage Build(ApiRequest request, KubernetesCredential credential)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(prefix + request.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.ParseAdd(request.Accept);
        message.Headers.UserAgent.ParseAdd(options.UserAgent);
        message.Headers.Authorization = credential.Authorization;
        // The handler takes the name to announce and to verify in the handshake from here, and from nowhere else.
        message.Headers.Host = configuration.TlsServerName;
        message.Options.Set(ServerConnections.Credential, credential);
        foreach (var (name, value) in configuration.Impersonate?.Headers() ?? [])
            message.Headers.Add(name, value);

        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.MediaType);
        }

        return message;
    }

    private ResiliencePipeline BuildRetries() => new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = options.MaxRetries,
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is KubernetesException error && AsksForRetry(error)),
            DelayGenerator = attempt => ValueTask.FromResult(
                Longer(((KubernetesException?)attempt.Outcome.Exception)?.RetryAfter, ShortestPause) * (1 + (RetryJitter * jitter.NextDouble()))),
        })
        .Build();

    private static TimeSpan? Longer(TimeSpan? asked, TimeSpan least) => asked > least ? asked : least;

    private bool AsksForRetry(KubernetesException error) =>
        (error.IsTooManyRequests || error.Code >= (int)HttpStatusCode.InternalServerError) && error.RetryAfter <= options.MaxRetryAfter;
}
