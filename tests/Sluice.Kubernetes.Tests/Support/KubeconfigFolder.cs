using System.Text;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>A folder with kubeconfigs and what they refer to.</summary>
public sealed class KubeconfigFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-kubeconfig-");

    public string Path => folder.FullName;

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A kubeconfig with one context.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="cluster">Further fields of the cluster, indented by four.</param>
    /// <param name="user">The fields of the user, indented by four.</param>
    /// <param name="name">The file's name.</param>
    public string Kubeconfig(string server, string cluster, string user = "", string name = "config") => Write(name, $$"""
        apiVersion: v1
        kind: Config
        current-context: it
        preferences: {}
        clusters:
        - name: c
          cluster:
            server: {{server}}
            {{cluster}}
        users:
        - name: u
          user:
            {{user}}
        contexts:
        - name: it
          context: {cluster: c, user: u}
        """);

    public void Dispose() => folder.Delete(recursive: true);
}
