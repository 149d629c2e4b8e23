using FsCheck;
using FsCheck.Fluent;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;
using Sluice.Kubernetes.Time;
using static Sluice.Kubernetes.Tests.Support.KubeconfigFolder;

namespace Sluice.Kubernetes.Tests.Authentication;

public sealed class KubeConfigTests : IAsyncLifetime
{
    private readonly KubeconfigFolder folder = new();
    private readonly TestAuthority authority = new();
    private readonly VirtualTimeProvider time = new();
    private TlsApi api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Server => $"https://127.0.0.1:{api.Address.Port}";

    private string AuthorityData => Base64(authority.Pem);

    public async ValueTask InitializeAsync() => api = await TlsApi.StartAsync(authority.IssueServer("127.0.0.1", "api.cluster"));

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_token_is_sent_over_a_connection_verified_against_the_clusters_authority()
    {
        var path = Kubeconfig(user: "token: secret-1");

        await GetAsync(path);

        api.Callers.ShouldBe(["Bearer secret-1"]);
        api.Protocols.ShouldBe(["HTTP/2"]);
    }

    [Fact]
    public async Task The_authority_may_be_a_file_beside_the_kubeconfig()
    {
        Write("ca.crt", authority.Pem);
        var path = Kubeconfig($"certificate-authority: ca.crt");

        await GetAsync(path);

        api.Callers.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("another authority")]
    [InlineData("the system's")]
    public async Task A_server_of_another_authority_is_not_trusted(string which)
    {
        using var other = new TestAuthority();
        var path = Kubeconfig(which == "the system's" ? "" : $"certificate-authority-data: {Base64(other.Pem)}");

        (await Should.ThrowAsync<KubernetesException>(GetAsync(path))).IsUnknownOutcome.ShouldBeTrue();
        api.Callers.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_servers_name_is_verified_although_its_authority_is_trusted()
    {
        await using var elsewhere = await TlsApi.StartAsync(authority.IssueServer("not-this-host"));
        var path = Kubeconfig(server: $"https://127.0.0.1:{elsewhere.Address.Port}");

        await Should.ThrowAsync<KubernetesException>(GetAsync(path));

        elsewhere.Callers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_name_of_the_server_may_be_expected()
    {
        await using var elsewhere = await TlsApi.StartAsync(authority.IssueServer("api.cluster"));
        var server = $"https://127.0.0.1:{elsewhere.Address.Port}";

        await GetAsync(Kubeconfig($"certificate-authority-data: {AuthorityData}\n    tls-server-name: api.cluster", server: server));

        elsewhere.Callers.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Verification_is_skipped_only_by_explicit_wish()
    {
        using var other = new TestAuthority();
        await using var elsewhere = await TlsApi.StartAsync(other.IssueServer("not-this-host"));

        await GetAsync(Kubeconfig("insecure-skip-tls-verify: true", server: $"https://127.0.0.1:{elsewhere.Address.Port}"));

        elsewhere.Callers.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_presented(bool asData)
    {
        var (certificate, key) = authority.IssueClient("alice");
        Write("alice.crt", certificate);
        Write("alice.key", key);

        await GetAsync(Kubeconfig(user: asData
            ? $"client-certificate-data: {Base64(certificate)}\n    client-key-data: {Base64(key)}"
            : "client-certificate: alice.crt\n    client-key: alice.key"));

        api.Callers.ShouldBe(["CN=alice"]);
    }

    [Fact]
    public async Task A_name_and_password_are_sent_as_basic_authorization()
    {
        await GetAsync(Kubeconfig(user: "username: alice\n    password: pw"));

        api.Callers.ShouldBe([$"Basic {Base64("alice:pw")}"]);
    }

    [Fact]
    public async Task A_token_file_is_read_again_within_a_minute_and_counts_before_a_token()
    {
        Write("token", "first\n");
        using var client = Client(Kubeconfig(user: "tokenFile: token\n    token: never"));
        await client.GetAsync<V1Pod>("shop", "a", Ct);
        Write("token", "second");
        await client.GetAsync<V1Pod>("shop", "a", Ct);
        time.Advance(TimeSpan.FromSeconds(60));
        await client.GetAsync<V1Pod>("shop", "a", Ct);

        api.Callers.ShouldBe(["Bearer first", "Bearer first", "Bearer second"]);
    }

    [Fact]
    public async Task A_refused_token_is_read_again_at_once_and_the_request_sent_once_more()
    {
        Write("token", "old");
        using var client = Client(Kubeconfig(user: "tokenFile: token"));
        await client.GetAsync<V1Pod>("shop", "a", Ct);
        api.Accept = static caller => caller == "Bearer new";
        Write("token", "new");

        (await client.GetAsync<V1Pod>("shop", "a", Ct)).ShouldNotBeNull();

        api.Callers.ShouldBe(["Bearer old", "Bearer old", "Bearer new"]);
    }

    [Fact]
    public async Task A_refusal_that_nothing_can_be_done_about_is_final()
    {
        api.Accept = static _ => false;

        (await Should.ThrowAsync<KubernetesException>(GetAsync(Kubeconfig(user: "token: bad")))).Code.ShouldBe(401);

        api.Callers.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_file_that_vanishes_for_a_moment_leaves_the_token_in_use()
    {
        Write("token", "first");
        using var client = Client(Kubeconfig(user: "tokenFile: token"));
        await client.GetAsync<V1Pod>("shop", "a", Ct);
        File.Delete(Path.Combine(folder.Path, "token"));
        time.Advance(TimeSpan.FromMinutes(2));

        await client.GetAsync<V1Pod>("shop", "a", Ct);

        api.Callers.ShouldBe(["Bearer first", "Bearer first"]);
    }

    [Fact]
    public async Task Contexts_are_chosen_by_name_and_the_current_one_by_default()
    {
        var path = Write("config", $$$$"""
            current-context: one
            clusters: [{name: c, cluster: {server: "{{{{Server}}}}", certificate-authority-data: {{{{AuthorityData}}}} } }]
            users: [{name: u1, user: {token: t1}}, {name: u2, user: {token: t2}}]
            contexts:
            - {name: one, context: {cluster: c, user: u1}}
            - {name: two, context: {cluster: c, user: u2, namespace: shop}}
            """);

        Load(path).Namespace.ShouldBe("default");
        Load(path, "two").Namespace.ShouldBe("shop");
        await GetAsync(path);
        await GetAsync(path, "two");
        api.Callers.ShouldBe(["Bearer t1", "Bearer t2"]);
        Should.Throw<KubernetesConfigurationException>(() => Load(path, "three")).Message.ShouldContain("one, two");
    }

    [Fact]
    public async Task Files_are_merged_the_first_counts_and_missing_ones_are_passed_over()
    {
        var first = Write("first", "users: [{name: u, user: {token: mine}}]\ncurrent-context: x");
        var second = Write("second", $$$$"""
            current-context: other
            clusters: [{name: c, cluster: {server: "{{{{Server}}}}", certificate-authority-data: {{{{AuthorityData}}}} } }]
            users: [{name: u, user: {token: theirs}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            """);
        var variable = string.Join(Path.PathSeparator, first, Path.Combine(folder.Path, "missing"), second);
        var sources = new ConfigurationSources(name => name == "KUBECONFIG" ? variable : null, "/nowhere", "/nowhere");

        using var client = new KubernetesClient(sources.Load(kubeconfigPath: null, context: null, time), new KubernetesClientOptions());
        await client.GetAsync<V1Pod>("shop", "a", Ct);

        api.Callers.ShouldBe(["Bearer mine"]);
    }

    [Fact]
    public async Task Relative_paths_start_from_the_folder_of_the_file_they_stand_in()
    {
        Write("clusters/ca.crt", authority.Pem);
        Write("users/secrets/token", "mine");
        var clusters = Write("clusters/config", $$$$"""
            clusters: [{name: c, cluster: {server: "{{{{Server}}}}", certificate-authority: ca.crt } }]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            """);
        var users = Write("users/config", "users: [{name: u, user: {tokenFile: secrets/token}}]\ncurrent-context: x");
        var sources = new ConfigurationSources(name => name == "KUBECONFIG" ? $"{clusters}{Path.PathSeparator}{users}" : null, "/nowhere", "/nowhere");

        using var client = new KubernetesClient(sources.Load(kubeconfigPath: null, context: null, time), new KubernetesClientOptions());
        await client.GetAsync<V1Pod>("shop", "a", Ct);

        api.Callers.ShouldBe(["Bearer mine"]);
    }

    [Fact]
    public async Task The_home_folders_kubeconfig_is_the_last_place_and_a_context_is_never_that_of_a_pod()
    {
        Write("token", "pod-token");
        Write("ca.crt", authority.Pem);
        Directory.CreateDirectory(Path.Combine(folder.Path, ".kube"));
        File.Move(Kubeconfig(user: "token: mine"), Path.Combine(folder.Path, ".kube", "config"));
        string? InPod(string name) => name == "KUBERNETES_SERVICE_HOST" ? "127.0.0.1" : null;

        foreach (var (variables, context) in new (Func<string, string?>, string?)[] { (static _ => null, null), (InPod, "it") })
        {
            using var client = new KubernetesClient(
                new ConfigurationSources(variables, folder.Path, folder.Path).Load(kubeconfigPath: null, context, time), new KubernetesClientOptions());
            await client.GetAsync<V1Pod>("shop", "a", Ct);
        }

        api.Callers.ShouldBe(["Bearer mine", "Bearer mine"]);
    }

    [Theory]
    [InlineData("contexts: [{name: it, context: {cluster: none, user: u}}]", "cluster 'none'")]
    [InlineData("contexts: [{name: it, context: {cluster: c, user: none}}]\nclusters: [{name: c}]", "user 'none'")]
    [InlineData("contexts: [{name: it, context: {cluster: c}}]\nclusters: [{name: c}]", "cluster 'c': server")]
    [InlineData("contexts: [{name: it, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'api:6443'}}]", "cluster 'c': server")]
    [InlineData("contexts: [{name: it, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'socks5://api'}}]", "cluster 'c': server")]
    [InlineData("contexts: [{name: it}]", "cluster ''")]
    [InlineData("clusters: {name: c}", "line 2")]
    [InlineData("clusters: [{name: c, cluster: {insecure-skip-tls-verify: perhaps}}]", "line 2")]
    public void What_is_missing_or_malformed_is_named_with_its_file(string text, string named)
    {
        var path = Write("config", "current-context: it\n" + text);

        var message = Should.Throw<KubernetesConfigurationException>(() => Load(path)).Message;

        message.ShouldStartWith($"{path}: ");
        message.ShouldContain(named);
    }

    [Fact]
    public void Where_no_kubeconfig_is_the_places_are_named()
    {
        Should.Throw<KubernetesConfigurationException>(() => Load("/nowhere/config")).Message.ShouldContain("/nowhere/config");
        Should.Throw<KubernetesConfigurationException>(() => Load(Write("empty", ""))).Message.ShouldContain("current-context");
    }

    [Fact]
    public async Task Another_identity_is_acted_as_in_every_request()
    {
        await GetAsync(Kubeconfig(user: "token: t\n    as: 'system:admin'\n    as-uid: u-1\n    as-groups: [a]\n    as-user-extra: {'acme.com/scope': [x]}"));
        await GetAsync(Kubeconfig(user: "token: t"));

        api.Impersonations.ShouldBe([
            "impersonate-extra-acme.com%2fscope=x; impersonate-group=a; impersonate-uid=u-1; impersonate-user=system:admin",
            "",
        ]);
    }

    [Fact]
    public async Task A_token_counts_before_a_plugin()
    {
        await GetAsync(Kubeconfig(user: "token: t\n    exec: {apiVersion: client.authentication.k8s.io/v1, command: sluice-no-such-plugin}"));

        api.Callers.ShouldBe(["Bearer t"]);
    }

    [Fact]
    public async Task A_token_that_cannot_be_read_is_told_with_the_file_that_names_it()
    {
        var path = Kubeconfig(user: "tokenFile: missing-token");

        var error = await Should.ThrowAsync<KubernetesException>(GetAsync(path));

        error.Reason.ShouldBe("NoCredentials");
        error.Message.ShouldContain($"{path}: user 'u'");
        error.Message.ShouldContain("missing-token");
    }

    [Fact]
    public async Task A_pods_token_is_read_again_as_it_is_rotated_and_its_server_may_have_an_IPv6_address()
    {
        Write("token", "first");
        Write("ca.crt", authority.Pem);
        var six = new ConfigurationSources(
            name => name switch { "KUBERNETES_SERVICE_HOST" => "fd00:10:96::1", "KUBERNETES_SERVICE_PORT" => "6443", _ => null }, "/nowhere", folder.Path);
        six.Load(kubeconfigPath: null, context: null, time).Server.ShouldBe(new Uri("https://[fd00:10:96::1]:6443/"));
        var sources = new ConfigurationSources(
            name => name switch { "KUBERNETES_SERVICE_HOST" => "127.0.0.1", "KUBERNETES_SERVICE_PORT" => $"{api.Address.Port}", _ => null }, "/nowhere", folder.Path);
        var configuration = sources.Load(kubeconfigPath: null, context: null, time);
        using var client = new KubernetesClient(configuration, new KubernetesClientOptions());

        await client.GetAsync<V1Pod>("shop", "a", Ct);
        Write("token", "second");
        time.Advance(TimeSpan.FromMinutes(1));
        await client.GetAsync<V1Pod>("shop", "a", Ct);
        Write("token", "third");
        api.Accept = static caller => caller == "Bearer third";
        await client.GetAsync<V1Pod>("shop", "a", Ct);

        configuration.Namespace.ShouldBe("default");
        api.Callers.ShouldBe(["Bearer first", "Bearer second", "Bearer second", "Bearer third"]);
    }

    [Theory]
    [InlineData("ca.crt", "nothing")]
    [InlineData("ca.crt", null)]
    public void A_pods_account_that_is_incomplete_is_told(string file, string? text)
    {
        Write("token", "t");
        if (text is not null)
            Write(file, text);

        Should.Throw<KubernetesConfigurationException>(() =>
                new ConfigurationSources(name => name == "KUBERNETES_SERVICE_HOST" ? "127.0.0.1" : null, "/nowhere", folder.Path).Load(null, null, time))
            .Message.ShouldContain(Path.Combine(folder.Path, file));
    }

    [Fact]
    public async Task A_pod_uses_its_service_account()
    {
        Write("token", "pod-token");
        Write("ca.crt", authority.Pem);
        Write("namespace", "shop\n");
        var sources = new ConfigurationSources(
            name => name switch { "KUBERNETES_SERVICE_HOST" => "127.0.0.1", "KUBERNETES_SERVICE_PORT" => $"{api.Address.Port}", _ => null }, "/nowhere", folder.Path);

        var configuration = sources.Load(kubeconfigPath: null, context: null, time);
        using var client = new KubernetesClient(configuration, new KubernetesClientOptions());
        await client.GetAsync<V1Pod>("shop", "a", Ct);

        configuration.Namespace.ShouldBe("shop");
        api.Callers.ShouldBe(["Bearer pod-token"]);
    }

    [Fact]
    public async Task A_proxy_is_used_for_the_server()
    {
        var path = Kubeconfig($"certificate-authority-data: {AuthorityData}\n    proxy-url: http://127.0.0.1:1");

        await Should.ThrowAsync<KubernetesException>(GetAsync(path));

        api.Callers.ShouldBeEmpty();
        Load(path).Proxy.ShouldBe(new Uri("http://127.0.0.1:1"));
    }

    [Theory]
    [InlineData("", "token: secret-1\n    auth-provider: {name: gcp}", "auth-provider")]
    [InlineData("", "client-certificate-data: YQ==", "need each other")]
    [InlineData("certificate-authority-data: '*'", "", "cluster 'c': certificate-authority-data: not base64")]
    [InlineData("certificate-authority-data: YQ==", "", "cluster 'c': certificate-authority: no certificate")]
    [InlineData("insecure-skip-tls-verify: true\n    certificate-authority: ca.crt", "", "insecure-skip-tls-verify")]
    [InlineData("certificate-authority: missing.crt", "", "missing.crt")]
    [InlineData("proxy-url: nonsense", "", "proxy-url")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}", "user 'u': exec: apiVersion 'client.authentication.k8s.io/v1alpha1'")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1}", "user 'u': exec: no command")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Sometimes}", "interactiveMode 'Sometimes'")]
    [InlineData("", "as-groups: [admins]", "user 'u': as: missing")]
    [InlineData("", "as-user-extra: {scope: [x]}", "user 'u': as: missing")]
    [InlineData("", "as-uid: x", "user 'u': as: missing")]
    [InlineData("", "as: 'root\x7f'", "user 'u': as: empty, or not printable")]
    [InlineData("", "as: root\n    as-groups: ['']", "user 'u': as-groups")]
    [InlineData("", "as: root\n    as-groups: [a, b]", "user 'u': as-groups: only one")]
    [InlineData("", "as: root\n    as-user-extra: {scope: [a, b]}", "user 'u': as-user-extra: only one")]
    [InlineData("", "as: root\n    as-uid: 'ä'", "user 'u': as-uid")]
    [InlineData("", "as: root\n    as-user-extra: {scope: [~]}", "user 'u': as-user-extra")]
    [InlineData("", "token: t\n    username: alice", "user 'u': username")]
    [InlineData("", "tokenFile: t\n    username: alice", "user 'u': username")]
    [InlineData("", "client-key: a.key", "user 'u': client-certificate and client-key")]
    [InlineData("", "client-certificate-data: YQ==\n    client-key-data: YQ==", "user 'u': client-certificate-data and client-key-data: no certificate")]
    [InlineData("proxy-url: ftp://proxy", "", "cluster 'c': proxy-url")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}", "interactiveMode")]
    public void What_cannot_be_used_is_refused_by_name(string cluster, string user, string named)
    {
        Write("ca.crt", authority.Pem);
        var path = Kubeconfig(cluster, user);

        var message = Should.Throw<KubernetesConfigurationException>(() => Load(path)).Message;

        message.ShouldStartWith($"{path}: ");
        message.ShouldContain(named);
    }

    [Fact]
    public void A_file_that_is_no_kubeconfig_is_refused_without_quoting_it()
    {
        var path = Write("config", "users:\n- name: u\n  user: {token: [top-secret]}\n");

        var error = Should.Throw<KubernetesConfigurationException>(() => Load(path));

        error.ToString().ShouldNotContain("top-secret");
        error.Message.ShouldContain(path);
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        var whole = Kubeconfig(user: "token: t");
        var text = File.ReadAllText(whole);
        Prop.ForAll(Gen.Choose(0, text.Length).SelectMany(at => Gen.Elements("", "[", "{", ": ", "\t", "- ", "*a", "&a ", "\"", "\0", "!!int ").Select(insert => (at, insert))).ToArbitrary(), damage =>
        {
            var path = Write("damaged", text.Insert(damage.at, damage.insert)[(damage.at % 7)..]);
            try
            {
                Load(path);
            }
            catch (KubernetesConfigurationException)
            {
                // The one way to refuse.
            }
        }).QuickCheckThrowOnFailure();
    }

    private string Write(string name, string text) => folder.Write(name, text);

    private string Kubeconfig(string? cluster = null, string user = "", string? server = null) =>
        folder.Kubeconfig(server ?? Server, cluster ?? $"certificate-authority-data: {AuthorityData}", user);

    private KubernetesClientConfiguration Load(string path, string? context = null) => KubernetesClientConfiguration.Load(path, context, time);

    private KubernetesClient Client(string path, string? context = null) => new(Load(path, context), new KubernetesClientOptions());

    private async Task GetAsync(string path, string? context = null)
    {
        using var client = Client(path, context);
        await client.GetAsync<V1Pod>("shop", "a", Ct);
    }
}
