namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Paths as field errors print them: <c>spec.parts[0].labels[a]</c>.</summary>
internal static class FieldPath
{
    public static string Child(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public static string Key(string path, string key) => $"{path}[{key}]";

    public static string Index(string path, int index) => $"{path}[{index}]";

    /// <summary>The path, or <c>&lt;nil&gt;</c> for the object itself.</summary>
    public static string OrRoot(string path) => path.Length == 0 ? "<nil>" : path;
}
