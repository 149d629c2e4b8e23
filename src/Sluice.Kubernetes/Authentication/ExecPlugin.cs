using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Kubernetes.Authentication;

/// <summary>A program that prints an ExecCredential, as a kubeconfig describes it.</summary>
internal sealed record ExecPlugin(string ApiVersion, string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string? InstallHint)
{
    private const int MaxQuotedCharacters = 500;
    private static readonly string[] Versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    /// <summary>The plugin of a user.</summary>
    /// <exception cref="KubernetesConfigurationException">It cannot be run from here.</exception>
    public static ExecPlugin From(KubeConfigExec exec, KubeConfigSelection selection, string? authorities)
    {
        var user = selection.User;
        if (exec.ApiVersion is not { } version || !Versions.Contains(version))
            throw user.Refused($"exec: apiVersion '{exec.ApiVersion}' is not one of {string.Join(", ", Versions)}");

        if (string.IsNullOrEmpty(exec.Command))
            throw user.Refused("exec: no command");

        if (exec.InteractiveMode is not (null or "" or "Never" or "IfAvailable"))
            throw user.Refused($"exec: interactiveMode '{exec.InteractiveMode}': {exec.Command} can only be run with nobody at a terminal (Never, IfAvailable)");

        var environment = new Dictionary<string, string>();
        foreach (var variable in (exec.Env ?? []).Where(variable => !string.IsNullOrEmpty(variable?.Name)))
            environment[variable.Name!] = variable.Value ?? "";

        environment["KUBERNETES_EXEC_INFO"] = ExecInfo(version, exec.ProvideClusterInfo ? ClusterInfo(selection.Cluster.Value, authorities) : null).ToJsonString();
        return new ExecPlugin(version, CommandPath(exec.Command, user), [.. (exec.Args ?? []).Select(argument => argument ?? "")], environment, exec.InstallHint);
    }

    /// <summary>Runs it and returns what it printed; both its streams are drained, so that neither can block it.</summary>
    /// <exception cref="KubernetesConfigurationException">It cannot be started or fails.</exception>
    public async Task<string> RunAsync(CancellationToken ct)
    {
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0
                ? await output
                : throw new KubernetesConfigurationException($"exec: {Command} ended with code {process.ExitCode}: {Shorten(await errors)}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static JsonObject ExecInfo(string version, JsonObject? cluster)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (cluster is not null)
            spec["cluster"] = cluster;

        return new JsonObject { ["apiVersion"] = version, ["kind"] = "ExecCredential", ["spec"] = spec };
    }

    private static JsonObject ClusterInfo(KubeConfigCluster cluster, string? authorities)
    {
        var info = new JsonObject { ["server"] = cluster.Server };
        if (authorities is not null)
            info["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorities));

        if (cluster.InsecureSkipTlsVerify)
            info["insecure-skip-tls-verify"] = true;

        if (!string.IsNullOrEmpty(cluster.TlsServerName))
            info["tls-server-name"] = cluster.TlsServerName;

        if (!string.IsNullOrEmpty(cluster.ProxyUrl))
            info["proxy-url"] = cluster.ProxyUrl;

        return info;
    }

    /// <summary>A bare name is looked up in PATH, anything else is a path from the kubeconfig's folder.</summary>
    private static string CommandPath(string command, KubeConfigPart<KubeConfigUser> user) =>
        command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? user.PathOf(command) : command;

    private static string Shorten(string text) => text.Trim() is var trimmed && trimmed.Length > MaxQuotedCharacters ? trimmed[..MaxQuotedCharacters] + "…" : trimmed;

    private Process Start()
    {
        var start = new ProcessStartInfo(Command, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            var hint = string.IsNullOrEmpty(InstallHint) ? "" : $"\n{InstallHint}";
            throw new KubernetesConfigurationException($"exec: {Command} cannot be started: {error.Message}{hint}", error);
        }
    }
}
