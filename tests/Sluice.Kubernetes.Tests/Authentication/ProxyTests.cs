using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;
using static Sluice.Kubernetes.Tests.Support.KubeconfigFolder;

namespace Sluice.Kubernetes.Tests.Authentication;

/// <summary>The way to a server that only a proxy knows.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private readonly KubeconfigFolder folder = new();
    private readonly TestAuthority authority = new();
    private TlsApi api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => api = await TlsApi.StartAsync(authority.IssueServer("api.cluster", "10.96.0.1"));

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_tunnel_through_the_proxy_of_the_kubeconfig_leads_to_a_server_verified_as_ever()
    {
        await using var proxy = ForwardProxy.To(api.Address.Port);

        await GetAsync(Load("https://api.cluster:6443", $"proxy-url: http://{proxy.Address}"));

        proxy.Tunnels.ShouldBe(["api.cluster:6443"]);
        api.Callers.ShouldHaveSingleItem();
        await Should.ThrowAsync<KubernetesException>(GetAsync(Load("https://another.cluster:6443", $"proxy-url: http://{proxy.Address}")));
        api.Callers.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_name_and_password_in_its_address_are_given_to_the_proxy()
    {
        await using var proxy = ForwardProxy.To(api.Address.Port, Base64("us er:p@ss"));

        await GetAsync(Load("https://api.cluster:6443", $"proxy-url: http://us%20er:p%40ss@{proxy.Address}"));

        proxy.Tunnels.ShouldHaveSingleItem();
        api.Callers.ShouldBe(["nobody"]);
    }

    [Theory]
    [InlineData("HTTPS_PROXY", true)]
    [InlineData("https_proxy", true)]
    [InlineData("HTTP_PROXY", false)]
    public async Task The_proxy_of_the_environment_is_used_for_its_scheme(string variable, bool used)
    {
        await using var proxy = ForwardProxy.To(api.Address.Port);
        var configuration = Load("https://api.cluster:6443", "", (variable, proxy.Address));

        configuration.Proxy.ShouldBe(used ? new Uri($"http://{proxy.Address}") : null);
        if (!used)
            return;

        await GetAsync(configuration);
        proxy.Tunnels.ShouldBe(["api.cluster:6443"]);
    }

    [Fact]
    public void The_proxy_of_the_kubeconfig_counts_before_that_of_the_environment() =>
        Load("https://api.cluster:6443", "proxy-url: socks5://one:1080", ("HTTPS_PROXY", "http://other:1")).Proxy.ShouldBe(new Uri("socks5://one:1080"));

    [Theory]
    [InlineData("https://api.cluster:6443", "", true)]
    [InlineData("https://api.cluster:6443", "other,.elsewhere", true)]
    [InlineData("https://api.cluster:6443", "*", false)]
    [InlineData("https://api.cluster:6443", " other , API.cluster ", false)]
    [InlineData("https://api.cluster:6443", "cluster", false)]
    [InlineData("https://api.cluster:6443", ".cluster", false)]
    [InlineData("https://api.cluster:6443", "*.cluster", false)]
    [InlineData("https://cluster:6443", ".cluster", true)]
    [InlineData("https://apicluster:6443", "cluster", true)]
    [InlineData("https://api.cluster:6443", "api.cluster:6443", false)]
    [InlineData("https://api.cluster:6443", "api.cluster:443", true)]
    [InlineData("https://10.96.0.1", "10.0.0.0/8", false)]
    [InlineData("https://10.96.0.1", "192.168.0.0/16,10.96.0.1", false)]
    [InlineData("https://10.96.0.1", "10.96.0.1:443", false)]
    [InlineData("https://10.96.0.1", "10.96.0.1:6443", true)]
    [InlineData("https://10.96.0.1", "10.96.0.10", true)]
    [InlineData("https://[fd00::1]", "fd00::/8", false)]
    [InlineData("https://[fd00::1]", "[fd00::1]:443", false)]
    [InlineData("https://[fd00::1]", "fe80::/10", true)]
    [InlineData("https://127.0.0.1:6443", "", false)]
    [InlineData("https://[::1]:6443", "", false)]
    [InlineData("https://localhost:6443", "", false)]
    public void Who_is_reached_without_the_proxy_is_read_as_kubectl_reads_it(string server, string noProxy, bool proxied) =>
        (Load(server, "", ("HTTPS_PROXY", "proxy:3128"), ("NO_PROXY", noProxy)).Proxy is not null).ShouldBe(proxied);

    [Fact]
    public void A_variable_that_holds_no_address_is_told_unless_the_server_needs_none()
    {
        Should.Throw<KubernetesConfigurationException>(() => Load("https://api.cluster:6443", "", ("HTTPS_PROXY", "ftp://secret@proxy"))).Message.ShouldStartWith("HTTPS_PROXY: ");

        Load("https://127.0.0.1:6443", "", ("HTTPS_PROXY", "ftp://secret@proxy")).Proxy.ShouldBeNull();
    }

    [Fact]
    public void A_pod_asks_its_environment_too()
    {
        folder.Write("token", "t");
        folder.Write("ca.crt", authority.Pem);

        Sources(folder.Path, ("KUBERNETES_SERVICE_HOST", "10.96.0.1"), ("HTTPS_PROXY", "http://proxy:3128")).Load(null, null, TimeProvider.System).Proxy
            .ShouldBe(new Uri("http://proxy:3128"));
    }

    private static ConfigurationSources Sources(string account, params (string Name, string Value)[] variables) =>
        new(name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault(), "/nowhere", account);

    private static async Task GetAsync(KubernetesClientConfiguration configuration)
    {
        using var client = new KubernetesClient(configuration, new KubernetesClientOptions());
        await client.GetAsync<V1Pod>("shop", "a", Ct);
    }

    private KubernetesClientConfiguration Load(string server, string cluster, params (string Name, string Value)[] variables) =>
        Sources("/nowhere", variables).Load(
            folder.Kubeconfig(server, $"certificate-authority-data: {Base64(authority.Pem)}\n    {cluster}"), context: null, TimeProvider.System);
}
