using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Authentication;

/// <summary>An identity from a plugin, asked again when it expires or is refused; one run at a time serves everybody who waits.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin, TimeProvider time) : IKubernetesCredentials, IDisposable
{
    private static readonly TimeSpan PluginTimeout = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim oneRun = new(1, 1);
    private Issued? current;

    public async ValueTask<KubernetesCredential> GetAsync(CancellationToken ct)
    {
        if (Valid is { } valid)
            return valid;

        await oneRun.WaitAsync(ct);
        try
        {
            return Valid ?? await RunAsync(ct);
        }
        finally
        {
            oneRun.Release();
        }
    }

    public async ValueTask<bool> RefreshAsync(KubernetesCredential rejected, CancellationToken ct)
    {
        await oneRun.WaitAsync(ct);
        try
        {
            // Whoever was refused with the same identity and came first has asked already.
            if (ReferenceEquals(current?.Credential, rejected))
                await RunAsync(ct);

            return true;
        }
        finally
        {
            oneRun.Release();
        }
    }

    public void Dispose() => oneRun.Dispose();

    private KubernetesCredential? Valid => current is { } issued && !(issued.Expires <= time.GetUtcNow()) ? issued.Credential : null;

    private async Task<KubernetesCredential> RunAsync(CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(PluginTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            current = Parse(await plugin.RunAsync(either.Token));
            return current.Credential;
        }
        catch (OperationCanceledException error) when (!ct.IsCancellationRequested)
        {
            throw StatusReader.NoAnswer("NoCredentials", $"exec: {plugin.Command} did not end within {PluginTimeout}", error);
        }
        catch (KubernetesConfigurationException error)
        {
            throw StatusReader.NoAnswer("NoCredentials", error.Message, error);
        }
    }

    /// <summary>What was printed is a secret as a whole: no message quotes it.</summary>
    private Issued Parse(string printed)
    {
        try
        {
            var answer = JsonNode.Parse(printed);
            if (Text(answer, "kind") != "ExecCredential" || Text(answer, "apiVersion") != plugin.ApiVersion)
                throw Refused($"no ExecCredential of {plugin.ApiVersion} was printed");

            var status = answer!["status"];
            var token = Text(status, "token");
            var certificate = Text(status, "clientCertificateData");
            var key = Text(status, "clientKeyData");
            if (token is null && (certificate is null || key is null))
                throw Refused("neither a token nor a client certificate was printed");

            return new Issued(
                KubernetesCredential.FromPem(token is null ? null : new AuthenticationHeaderValue("Bearer", token), certificate, key),
                Expiry(Text(status, "expirationTimestamp")));
        }
        catch (CryptographicException error)
        {
            throw Refused($"the client certificate that was printed cannot be used: {error.Message}");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Refused("what was printed cannot be read");
        }
    }

    private DateTimeOffset? Expiry(string? text)
    {
        if (text is null)
            return null;

        return KubernetesTime.TryParse(text, out var time) ? time : throw Refused("the expirationTimestamp is not a time");
    }

    private static string? Text(JsonNode? node, string name) => node?[name]?.GetValue<string>() is { Length: > 0 } text ? text : null;

    private KubernetesConfigurationException Refused(string why) => new($"exec: {plugin.Command}: {why}");

    private sealed class Issued(KubernetesCredential credential, DateTimeOffset? expires)
    {
        public KubernetesCredential Credential => credential;

        public DateTimeOffset? Expires => expires;
    }
}
