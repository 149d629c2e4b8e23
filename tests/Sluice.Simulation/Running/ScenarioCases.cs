using System.Globalization;
using System.Reflection;
using Sluice.Simulation.Scenarios;
using Sluice.Simulation.World;
using Xunit.Sdk;
using Xunit.v3;

namespace Sluice.Simulation.Running;

/// <summary>The scenarios, which are tests with assertions of their own, and what is made of each answer of Prometheus, as cases: they come to places that no drawn history and no single fault does.</summary>
internal static class ScenarioCases
{
    /// <summary>What the names of the cases begin with.</summary>
    public const string Group = "scenario";

    private static readonly Lazy<IReadOnlyList<SimulationCase>> Cases = new(() => [.. Tests().SelectMany(CasesOf)]);

    /// <summary>Every fact, and every theory with each of its rows.</summary>
    public static IReadOnlyList<SimulationCase> All => Cases.Value;

    private static IEnumerable<MethodInfo> Tests() =>
        typeof(PauseScenarios).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(PauseScenarios).Namespace || type == typeof(PrometheusFaultTests))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttributes().OfType<IFactAttribute>().Any())
            .OrderBy(method => $"{method.DeclaringType!.Name}.{method.Name}", StringComparer.Ordinal);

    private static IEnumerable<SimulationCase> CasesOf(MethodInfo test)
    {
        var name = $"{Group}/{test.DeclaringType!.Name}.{test.Name}";
        return test.GetParameters().Length == 0 ? [Case(name, test, [])] : Rows(test).Select(row => Case($"{name}({string.Join(", ", row.Select(Told))})", test, row));
    }

    private static IEnumerable<object?[]> Rows(MethodInfo theory) =>
        theory.GetCustomAttributes().OfType<IDataAttribute>().SelectMany(data => data.GetData(theory, new DisposalTracker()).AsTask().GetAwaiter().GetResult()).Select(row => row.GetData());

    private static SimulationCase Case(string name, MethodInfo test, object?[] arguments) => new(Group, name, () => Run(test, arguments));

    /// <summary>A scenario makes worlds of its own, as many as it needs: there is no one history to hash.</summary>
    private static History Run(MethodInfo test, object?[] arguments)
    {
        var scenarios = Activator.CreateInstance(test.DeclaringType!);
        try
        {
            test.Invoke(scenarios, BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture);
            return new History("", TimeSpan.Zero);
        }
        finally
        {
            (scenarios as IDisposable)?.Dispose();
        }
    }

    private static string Told(object? argument) => argument?.ToString()?.Split('\n')[0] ?? "null";
}
