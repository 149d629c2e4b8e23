using System.Globalization;

namespace Sluice.Simulation.World;

/// <summary>A checks step as a person would write it in one line.</summary>
internal static class ChecksYaml
{
    public static string Step(string options, params string[] jobs) => $"checks: {{{options}{(options.Length > 0 ? ", " : "")}jobs: [{string.Join(", ", jobs)}]}}";

    /// <param name="name">Its name.</param>
    /// <param name="duration">How long its pod runs, in seconds.</param>
    /// <param name="exitCode">What it exits with.</param>
    /// <param name="log">What it prints.</param>
    /// <param name="more">More fields of the check.</param>
    public static string Job(string name, int duration = 5, int exitCode = 0, string log = "", string more = "") => string.Create(
        CultureInfo.InvariantCulture,
        $"{{name: {name}, {more}template: {{metadata: {{annotations: {{sandbox.sluice.dev/duration: {duration}s, sandbox.sluice.dev/exit-code: \"{exitCode}\", sandbox.sluice.dev/log: \"{log}\"}}}}, spec: {{containers: [{{name: check, image: \"registry.example.com/checks:v1\"}}]}}}}}}");
}
