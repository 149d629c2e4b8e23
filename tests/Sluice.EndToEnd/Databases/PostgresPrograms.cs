using System.Globalization;

namespace Sluice.EndToEnd.Databases;

/// <summary>PostgreSQL's programs: on PATH, or where Debian keeps those of each version.</summary>
internal static class PostgresPrograms
{
    private const string Debian = "/usr/lib/postgresql";

    /// <exception cref="FileNotFoundException">It is not there; the message says how to get it.</exception>
    public static string Find(string name) => Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"PostgreSQL's {name} is neither on PATH nor below {Debian}. On Debian and Ubuntu: sudo apt-get install postgresql (only its programs are used, the service may stay off).");

    private static IEnumerable<string> Folders() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. Versions().Select(version => Path.Combine(version, "bin")),
    ];

    private static IEnumerable<string> Versions() => Directory.Exists(Debian)
        ? Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0)
        : [];
}
