using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>A request of a transcript, with what earlier answers gave filled in.</summary>
internal sealed partial record TranscriptRequest(string Method, string Path, string Accept, string ContentType, string Body)
{
    /// <summary>Requests that are made while this one, a watch, is open.</summary>
    public IReadOnlyList<JsonObject> During { get; init; } = [];

    public bool IsWatch { get; init; }

    /// <summary>How long a watch was told to stay open.</summary>
    public TimeSpan WatchTime => TimeSpan.FromSeconds(
        Seconds().Match(Path) is { Success: true } match ? int.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture) : 5);

    public ReadOnlyMemory<byte> BodyBytes => Encoding.UTF8.GetBytes(Body);

    /// <param name="answers">Bodies of the answers so far, by the labels of their steps.</param>
    public static TranscriptRequest Resolve(JsonObject request, IReadOnlyDictionary<string, JsonNode?> answers)
    {
        string Fill(string text) => Reference().Replace(text, match => Find(answers, match.Groups["path"].Value.Split('.')));
        return new TranscriptRequest(
            request["method"]!.GetValue<string>(),
            Fill(request["path"]!.GetValue<string>()),
            request["accept"]?.GetValue<string>() ?? "",
            request["contentType"]?.GetValue<string>() ?? "",
            request["body"] switch
            {
                null => "",
                JsonValue text => Fill(text.GetValue<string>()),
                var json => Fill(json.ToJsonString()),
            })
        {
            During = [.. request["during"]?.AsArray().Select(item => item!.AsObject()) ?? []],
            IsWatch = request["watch"]?.GetValue<bool>() == true,
        };
    }

    private static string Find(IReadOnlyDictionary<string, JsonNode?> answers, string[] path)
    {
        var node = answers[path[0]];
        foreach (var part in path[1..])
        {
            node = node is JsonArray array ? array[int.Parse(part, CultureInfo.InvariantCulture)] : node![part];
        }

        return node!.GetValue<string>();
    }

    [GeneratedRegex(@"\{\{(?<path>[^{}]+)\}\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex(@"timeoutSeconds=(?<seconds>[0-9]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Seconds();
}
