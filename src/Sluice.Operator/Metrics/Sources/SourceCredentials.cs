using System.Net.Http.Headers;
using System.Text;

namespace Sluice.Operator.Metrics.Sources;

/// <summary>The Authorization header of a source, from the files that its options name.</summary>
internal sealed class SourceCredentials(MetricSourceOptions options, TimeProvider time)
{
    private readonly SecretFile? _bearerToken = options.BearerTokenFile is { } path ? new SecretFile(path, time) : null;
    private readonly SecretFile? _password = options.BasicAuth is { } basic ? new SecretFile(basic.PasswordFile, time) : null;

    public bool Any => _bearerToken is not null || _password is not null;

    public async ValueTask<CredentialsRead> ReadAsync(CancellationToken cancellationToken)
    {
        if (_bearerToken is not null)
        {
            var token = (await _bearerToken.ReadAsync(cancellationToken))?.Trim();
            if (string.IsNullOrEmpty(token)) return new CredentialsRead.Unreadable("bearerTokenFile");
            return token.All(c => c is > ' ' and < '\x7f')
                ? new CredentialsRead.Header(new AuthenticationHeaderValue("Bearer", token))
                : new CredentialsRead.Unreadable("bearerTokenFile");
        }

        if (_password is not null)
        {
            if (await _password.ReadAsync(cancellationToken) is not { } text) return new CredentialsRead.Unreadable("basicAuth.passwordFile");
            var pair = $"{options.BasicAuth!.Username}:{text.TrimEnd('\r', '\n')}";
            return new CredentialsRead.Header(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))));
        }

        return new CredentialsRead.Header(null);
    }

    /// <summary>After a 401: the file may hold a newer credential than the one that was refused.</summary>
    public void Forget()
    {
        _bearerToken?.Forget();
        _password?.Forget();
    }
}

internal abstract record CredentialsRead
{
    private CredentialsRead() { }

    /// <summary>Null: the source wants none.</summary>
    public sealed record Header(AuthenticationHeaderValue? Value) : CredentialsRead;

    /// <summary>Names the option whose file is missing, empty or no credential.</summary>
    public sealed record Unreadable(string Option) : CredentialsRead;
}
