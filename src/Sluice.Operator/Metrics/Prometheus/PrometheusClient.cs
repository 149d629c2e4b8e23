using System.Globalization;
using System.Net;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Metrics.Prometheus;

/// <summary>Asks one source. Whatever the server or the network does is a value; only cancellation by the caller is an exception.</summary>
internal sealed class PrometheusClient(MetricSourceOptions options, MetricQueryInstruments instruments, TimeProvider time, HttpMessageHandler? handler = null) : IDisposable
{
    /// <summary>Answers hold a few numbers: what is larger is no answer to what was asked.</summary>
    public const int LargestAnswerBytes = 1024 * 1024;

    private readonly SourceTransport _transport = new(options, time, handler);
    private readonly SourceCredentials _credentials = new(options, time);
    private readonly string _base = options.Address.AbsoluteUri.TrimEnd('/');

    public Task<QueryAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellationToken) =>
        AskAsync("query", [new("query", query), new("time", UnixSeconds(at))], cancellationToken);

    public Task<QueryAnswer> QueryRangeAsync(string query, DateTimeOffset first, DateTimeOffset last, TimeSpan step, CancellationToken cancellationToken) =>
        AskAsync(
            "query_range",
            [new("query", query), new("start", UnixSeconds(first)), new("end", UnixSeconds(last)), new("step", Seconds(step))],
            cancellationToken);

    public void Dispose() => _transport.Dispose();

    private async Task<QueryAnswer> AskAsync(string endpoint, KeyValuePair<string, string>[] form, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await AskWithinTimeoutAsync(endpoint, [.. form, new("timeout", Seconds(options.Timeout))], cancellationToken);
        instruments.Record(options.Name, answer is QueryAnswer.NoData none ? none.Reason.Name : "Answered", time.GetElapsedTime(started));
        return answer;
    }

    private async Task<QueryAnswer> AskWithinTimeoutAsync(string endpoint, KeyValuePair<string, string>[] form, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = await SendAsync(endpoint, form, either.Token);
            if (!_credentials.Any || answer is not QueryAnswer.NoData { Reason: NoDataReason.HttpError { Status: (int)HttpStatusCode.Unauthorized } })
                return answer;

            _credentials.Forget();
            return await SendAsync(endpoint, form, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return No(new NoDataReason.Timeout());
        }
        catch (HttpRequestException e)
        {
            return No(Describe(e));
        }
        catch (IOException)
        {
            return No(new NoDataReason.Refused("the connection broke"));
        }
    }

    private async Task<QueryAnswer> SendAsync(string endpoint, KeyValuePair<string, string>[] form, CancellationToken cancellationToken)
    {
        if (await _transport.ClientAsync(cancellationToken) is not { } client) return Unreadable("caFile");

        var read = await _credentials.ReadAsync(cancellationToken);
        if (read is CredentialsRead.Unreadable unreadable) return Unreadable(unreadable.Option);

        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_base}/api/v1/{endpoint}") { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = ((CredentialsRead.Header)read).Value;
        foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var body = await ReadLimitedAsync(response, cancellationToken);
        return body is { } bytes ? AnswerParser.Parse(bytes.Span, (int)response.StatusCode) : No(new NoDataReason.TooLarge(LargestAnswerBytes));
    }

    /// <summary>Null when the body is larger than the limit; no more than the limit is ever read.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadLimitedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > LargestAnswerBytes) return null;

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            if (content.Length + count > LargestAnswerBytes) return null;
            await content.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    /// <summary>Fixed texts: an exception's own may quote a URL or a proxy with its password.</summary>
    private static NoDataReason.Refused Describe(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new NoDataReason.Refused("the source's name does not resolve"),
        HttpRequestError.ConnectionError => new NoDataReason.Refused("the source cannot be reached"),
        HttpRequestError.SecureConnectionError => new NoDataReason.Refused("TLS failed: certificate not trusted, or not for this name"),
        HttpRequestError.ProxyTunnelError => new NoDataReason.Refused("the proxy refused the connection"),
        HttpRequestError.ResponseEnded => new NoDataReason.Refused("the connection broke"),
        _ => new NoDataReason.Refused("the source does not speak HTTP as it should"),
    };

    private QueryAnswer.NoData Unreadable(string option) => No(new NoDataReason.Refused($"{option} of metric source {options.Name} cannot be used"));

    private static QueryAnswer.NoData No(NoDataReason reason) => new(reason);

    private static string UnixSeconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
