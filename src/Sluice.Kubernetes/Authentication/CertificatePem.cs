using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Kubernetes.Authentication;

/// <summary>Certificates and keys in PEM.</summary>
internal static class CertificatePem
{
    /// <summary>Reads every certificate.</summary>
    /// <exception cref="CryptographicException">There is none, or one that cannot be read.</exception>
    public static X509Certificate2Collection ReadAll(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException error)
        {
            throw new CryptographicException("not a certificate", error);
        }

        return certificates.Count > 0 ? certificates : throw new CryptographicException("no certificate in it");
    }

    /// <summary>Reads a client certificate, the intermediates after it that lead to its authority, and its key (RSA or elliptic; PKCS#1, SEC 1 or PKCS#8).</summary>
    /// <exception cref="CryptographicException">Says what is wrong; never quotes a key.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Intermediates) ReadClient(string certificate, string key)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new CryptographicException("the private key is encrypted: give it without a password");

        var intermediates = ReadAll(certificate);
        intermediates.RemoveAt(0);
        try
        {
            return (X509Certificate2.CreateFromPem(certificate, key), intermediates);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new CryptographicException("the private key cannot be read, or is not that of the certificate", error);
        }
    }
}
