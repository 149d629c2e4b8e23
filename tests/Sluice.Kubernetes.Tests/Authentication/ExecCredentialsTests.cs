using System.Text.Json.Nodes;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;

namespace Sluice.Kubernetes.Tests.Authentication;

/// <summary>Plugins here are shell scripts that count their runs.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ExecCredentialsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-exec-");
    private readonly ClientFixture fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private int Runs => File.Exists(At("runs")) ? File.ReadAllLines(At("runs")).Length : 0;

    public void Dispose()
    {
        fixture.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Arguments_are_a_list_and_both_streams_are_drained()
    {
        var credentials = Plugin("""
            head -c 300000 /dev/zero | tr '\0' 'e' >&2
            printf '%s' "$2" > second-argument
            printf '%s' "$KUBERNETES_EXEC_INFO" > info
            head -c 300000 /dev/zero | tr '\0' ' '
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t'$GREETING'"}}'
            """);

        var credential = await credentials.GetAsync(Ct);

        credential.Authorization!.Parameter.ShouldBe("thello");
        File.ReadAllText(At("second-argument")).ShouldBe("two words; $(rm -rf /)");
        var info = JsonNode.Parse(File.ReadAllText(At("info")))!;
        info["spec"]!["interactive"]!.GetValue<bool>().ShouldBeFalse();
        info["spec"]!["cluster"]!["server"]!.GetValue<string>().ShouldBe("https://api");
    }

    [Fact]
    public async Task One_run_serves_everybody_who_waits_until_it_expires()
    {
        var credentials = Plugin(Printing("t", expires: "2026-01-01T00:10:00Z"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => credentials.GetAsync(Ct).AsTask()));
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        await credentials.GetAsync(Ct);
        Runs.ShouldBe(1);

        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await credentials.GetAsync(Ct);
        Runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_credential_is_replaced_once_for_all_who_were_refused_with_it()
    {
        var credentials = Plugin("""
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t'$(wc -l < runs | tr -d ' ')'"}}'
            """);
        using var client = new ClientFixture(credentials);
        client.Api.Otherwise = (request, _) => Task.FromResult(request.Authorization == "Bearer t2"
            ? ScriptedApi.Answer(System.Net.HttpStatusCode.OK, "{}")
            : ScriptedApi.Answer(System.Net.HttpStatusCode.Unauthorized, ScriptedApi.Status(401, "Unauthorized")));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.Client.GetAsync<V1Pod>("shop", "a", Ct)));

        Runs.ShouldBe(2);
    }

    [Theory]
    [InlineData("echo secret-output; echo 'login first' >&2; exit 3", "login first")]
    [InlineData("echo secret-output", "cannot be read")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"secret-output"}}'""", "no ExecCredential")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'""", "neither a token")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"secret-output","expirationTimestamp":"soon"}}'""", "expirationTimestamp")]
    public async Task A_plugin_that_fails_is_told_and_its_output_is_not(string script, string told)
    {
        var credentials = Plugin(script);
        using var client = new ClientFixture(credentials);

        var error = await Should.ThrowAsync<KubernetesException>(client.Client.GetAsync<V1Pod>("shop", "a", Ct));

        error.Message.ShouldContain(told);
        error.ToString().ShouldNotContain("secret-output");
        client.Api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_ended()
    {
        var credentials = Plugin("sleep 600 & echo $! > sleeper; wait");
        var call = credentials.GetAsync(Ct).AsTask();
        await Eventually.True(() => File.Exists(At("sleeper")) && File.ReadAllText(At("sleeper")).EndsWith('\n'), "the plugin runs");

        await Eventually.Advancing(fixture.Time, () => call.IsCompleted, "the plugin's deadline", TimeSpan.FromSeconds(10));

        await Should.ThrowAsync<KubernetesException>(call);
        var sleeper = int.Parse(File.ReadAllText(At("sleeper")), System.Globalization.CultureInfo.InvariantCulture);
        await Eventually.True(() => !File.Exists($"/proc/{sleeper}/cmdline") || File.ReadAllText($"/proc/{sleeper}/cmdline").Length == 0, "its children are gone");
    }

    [Fact]
    public async Task A_plugin_that_is_not_there_says_how_to_install_it()
    {
        var credentials = new ExecCredentials(
            new ExecPlugin("client.authentication.k8s.io/v1", "sluice-no-such-plugin", [], new Dictionary<string, string>(), "install it by hand"), fixture.Time);

        (await Should.ThrowAsync<KubernetesException>(credentials.GetAsync(Ct).AsTask())).Message.ShouldContain("install it by hand");
    }

    [Fact]
    public async Task A_client_certificate_may_be_printed_too()
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.IssueClient("bob");
        File.WriteAllText(At("answer"), new JsonObject
        {
            ["kind"] = "ExecCredential",
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["status"] = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
        }.ToJsonString());
        await using var api = await TlsApi.StartAsync(authority.IssueServer("127.0.0.1"));
        var configuration = new KubernetesClientConfiguration { Server = new Uri($"https://127.0.0.1:{api.Address.Port}"), CertificateAuthorities = [authority.Root], Credentials = Plugin("cat answer") };
        using var client = new KubernetesClient(configuration, new KubernetesClientOptions());

        await client.GetAsync<V1Pod>("shop", "a", Ct);

        api.Callers.ShouldBe(["CN=bob"]);
    }

    [Theory]
    [InlineData("client.authentication.k8s.io/v1")]
    [InlineData("client.authentication.k8s.io/v1beta1")]
    public async Task Both_versions_are_spoken_and_a_plugin_is_told_which_and_of_which_cluster(string version)
    {
        var credentials = Plugin(
            """printf '%s' "$KUBERNETES_EXEC_INFO" > info; echo '{"kind":"ExecCredential","apiVersion":"'$VERSION'","status":{"token":"t"}}'""",
            exec => exec with { ApiVersion = version, Env = [new KubeConfigExecVariable { Name = "VERSION", Value = "never" }, new KubeConfigExecVariable { Name = "VERSION", Value = version }, null!] },
            new KubeConfigCluster { Server = "https://api", TlsServerName = "api.cluster", ProxyUrl = "http://proxy:1" },
            authorities: "PEM");

        (await credentials.GetAsync(Ct)).Authorization!.Parameter.ShouldBe("t");

        JsonNode.Parse(File.ReadAllText(At("info")))!.ToJsonString().ShouldBe(
            $$$$"""{"apiVersion":"{{{{version}}}}","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://api","certificate-authority-data":"UEVN","tls-server-name":"api.cluster","proxy-url":"http://proxy:1"}}}""");
    }

    [Fact]
    public async Task A_plugin_that_was_not_to_be_told_of_the_cluster_is_not_told()
    {
        var credentials = Plugin(
            """printf '%s' "$KUBERNETES_EXEC_INFO" > info; echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t"}}'""",
            exec => exec with { ProvideClusterInfo = false, InteractiveMode = "IfAvailable", Args = [null] });

        await credentials.GetAsync(Ct);

        JsonNode.Parse(File.ReadAllText(At("info")))!["spec"]!.ToJsonString().ShouldBe("""{"interactive":false}""");
    }

    [Fact]
    public async Task A_certificate_that_was_printed_and_cannot_be_used_is_told_without_its_key()
    {
        var credentials = Plugin("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientCertificateData":"x","clientKeyData":"secret-key"}}'""");

        var error = await Should.ThrowAsync<KubernetesException>(credentials.GetAsync(Ct).AsTask());

        error.Message.ShouldContain("client certificate");
        error.ToString().ShouldNotContain("secret-key");
    }

    private static string Printing(string token, string expires) =>
        $$$$"""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"{{{{token}}}}","expirationTimestamp":"{{{{expires}}}}"}}'""";

    private string At(string name) => Path.Combine(folder.FullName, name);

    private ExecCredentials Plugin(string script, Func<KubeConfigExec, KubeConfigExec>? change = null, KubeConfigCluster? cluster = null, string? authorities = null)
    {
        File.WriteAllText(At("plugin"), $"#!/bin/sh\ncd '{folder.FullName}'\necho run >> runs\n{script}\n");
        File.SetUnixFileMode(At("plugin"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var exec = new KubeConfigExec
        {
            ApiVersion = "client.authentication.k8s.io/v1",
            Command = "./plugin",
            Args = ["get-token", "two words; $(rm -rf /)"],
            Env = [new KubeConfigExecVariable { Name = "GREETING", Value = "hello" }],
            ProvideClusterInfo = true,
        };
        var selection = new KubeConfigSelection(
            new KubeConfigContext(),
            new("cluster 'c'", cluster ?? new KubeConfigCluster { Server = "https://api" }, At("config")),
            new("user 'u'", new KubeConfigUser(), At("config")));
        return new ExecCredentials(ExecPlugin.From(change?.Invoke(exec) ?? exec, selection, authorities), fixture.Time);
    }
}
