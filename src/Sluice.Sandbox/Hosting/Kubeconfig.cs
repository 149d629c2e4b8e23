namespace Sluice.Sandbox.Hosting;

/// <summary>The file that leads kubectl and any other client to the sandbox.</summary>
internal static class Kubeconfig
{
    public static Task WriteAsync(string path, Uri server, CancellationToken cancellationToken) => File.WriteAllTextAsync(
        path,
        $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: sandbox
          cluster:
            server: {{server.GetLeftPart(UriPartial.Authority)}}
        users:
        - name: sandbox
          user: {}
        contexts:
        - name: sandbox
          context:
            cluster: sandbox
            user: sandbox
            namespace: default
        current-context: sandbox

        """,
        cancellationToken);
}
