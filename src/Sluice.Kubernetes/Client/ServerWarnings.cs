using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Diagnostics;

namespace Sluice.Kubernetes.Client;

/// <summary>Passes on what the API server warns of, such as a version that is about to go: each text once.</summary>
internal sealed class ServerWarnings(ILogger logger)
{
    private const int MaxTexts = 1000;
    private const int MaxCharacters = 1000;

    private readonly ConcurrentDictionary<string, bool> told = [];

    public void Tell(HttpResponseMessage response)
    {
        foreach (var warning in response.Headers.Warning)
        {
            var text = Unquote(warning.Text);
            if (told.Count < MaxTexts && told.TryAdd(text, value: true))
                Log.ServerWarned(logger, text);
        }
    }

    private static string Unquote(string quoted)
    {
        var text = quoted.Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);
        return text.Length <= MaxCharacters ? text : text[..MaxCharacters];
    }
}
