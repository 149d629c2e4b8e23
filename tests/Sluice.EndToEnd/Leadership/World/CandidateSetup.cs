using Sluice.Kubernetes.Client;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Processes;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>How a candidate is started.</summary>
internal sealed record CandidateSetup(string Name, string Namespace, LeaseTimings Timings, string Folder, KubernetesClientConfiguration Server, Ledger Ledger)
{
    /// <summary>As far from each other as time zones go: durations are all that may matter.</summary>
    private static readonly string[] TimeZones = ["Pacific/Kiritimati", "Pacific/Niue", "UTC"];

    private static readonly string Assembly = Repository.Find().OperatorAssembly;

    private int starts;

    /// <summary>Flags besides those that connect it.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    public string AddressFile => Path.Combine(Folder, $"{Name}.addresses");

    private string Kubeconfig => Path.Combine(Folder, $"{Name}.kubeconfig");

    public Task WriteKubeconfigAsync(int port, string certificatePem, CancellationToken ct) => File.WriteAllTextAsync(
        Kubeconfig,
        $$$"""
        apiVersion: v1
        kind: Config
        current-context: it
        clusters: [{name: it, cluster: {server: "https://127.0.0.1:{{{port}}}", certificate-authority-data: "{{{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(certificatePem))}}}"}}]
        users: [{name: it, user: {}}]
        contexts: [{name: it, context: {cluster: it, user: it, namespace: "{{{Namespace}}}"}}]
        """,
        ct);

    public ChildProcess StartProcess()
    {
        File.Delete(AddressFile);
        return ChildProcess.Start(new ChildProcessOptions($"operator {Name}", "dotnet", Arguments(), Path.Combine(Folder, $"{Name}-{++starts}.log"))
        {
            Environment = new Dictionary<string, string>
            {
                ["POD_NAME"] = Name,
                ["TZ"] = TimeZones[Name[0] % TimeZones.Length],
                // A quick start counts for more here than quick code.
                ["DOTNET_TieredPGO"] = "0",
            },
        });
    }

    private List<string> Arguments() =>
    [
        Assembly, "run",
        "--kubeconfig", Kubeconfig,
        "--namespace", Namespace,
        "--leader-elect", "true",
        "--leader-election-namespace", Namespace,
        .. Timings.Flags,
        "--health-address", "127.0.0.1:0",
        "--metrics-address", "127.0.0.1:0",
        "--address-file", AddressFile,
        "--log-format", "text",
        "--progress-interval", "1s",
        .. Flags,
    ];
}
