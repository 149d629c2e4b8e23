using System.Reflection;

namespace Sluice.Operator.Hosting;

/// <summary>The version that this was built as, with the commit behind a plus sign where the build knew it.</summary>
internal static class ProductVersion
{
    public static string Current { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
