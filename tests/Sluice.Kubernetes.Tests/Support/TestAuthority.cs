using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>A certificate authority for one test.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 root = CreateRoot();
    private int serial;

    public string Pem => root.ExportCertificatePem();

    public X509Certificate2 Root => root;

    public X509Certificate2 IssueServer(params string[] names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        var (certificate, _) = Issue("CN=server", request => request.CertificateExtensions.Add(alternatives.Build()));
        return certificate;
    }

    public (string CertificatePem, string KeyPem) IssueClient(string name)
    {
        var (certificate, key) = Issue($"CN={name}", static _ => { });
        return (certificate.ExportCertificatePem(), key);
    }

    /// <summary>A client's certificate over a key of the caller's.</summary>
    public string IssueClient(string name, AsymmetricAlgorithm key) => Sign(Request($"CN={name}", key)).ExportCertificatePem();

    /// <summary>A client's certificate by an intermediate authority, and that authority's.</summary>
    public (string Leaf, string Intermediate) IssueClientBelowIntermediate(string name, AsymmetricAlgorithm key)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=intermediate", own);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var signed = Sign(request);
        using var intermediate = signed.CopyWithPrivateKey(own);
        var now = TimeProvider.System.GetUtcNow();
        using var leaf = Request($"CN={name}", key)
            .Create(intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(own), now.AddHours(-6), now.AddHours(6), [1, 2, 3, (byte)++serial]);
        return (leaf.ExportCertificatePem(), intermediate.ExportCertificatePem());
    }

    public void Dispose() => root.Dispose();

    private static CertificateRequest Request(string subject, AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ECDsa elliptic => new CertificateRequest(subject, elliptic, HashAlgorithmName.SHA256),
        _ => throw new ArgumentException("neither RSA nor elliptic", nameof(key)),
    };

    private X509Certificate2 Sign(CertificateRequest request)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = root.GetECDsaPrivateKey()!;
        return request.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddHours(-12), now.AddHours(12), [1, 2, 3, (byte)++serial]);
    }

    private static X509Certificate2 CreateRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private (X509Certificate2 Certificate, string KeyPem) Issue(string subject, Action<CertificateRequest> extend)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        extend(request);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(root, now.AddHours(-12), now.AddHours(12), [1, 2, 3, (byte)++serial]);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return (X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null), key.ExportPkcs8PrivateKeyPem());
    }
}
