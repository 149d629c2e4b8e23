using System.Globalization;
using Sluice.Api;
using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Demo.Views;

/// <summary>A topic and a sentence.</summary>
internal sealed record NarrationLine(string Topic, string Text);

/// <summary>What is new since the last look, in lines: one a change.</summary>
internal sealed class Narration
{
    private string _name = "";
    private int _told;
    private string _pods = "";
    private (int Asked, int Real) _weight;
    private string _migration = "";
    private string _message = "";
    private Dictionary<string, string> _measured = [];

    public IReadOnlyList<NarrationLine> Next(ReleaseView view)
    {
        if (view.Name != _name) (_name, _told, _migration, _weight, _measured) = (view.Name, 0, "", default, []);
        return [.. Timeline(view), .. Migration(view), .. Pods(view), .. Weight(view), .. Metrics(view), .. Conclusion(view)];
    }

    private List<NarrationLine> Timeline(ReleaseView view)
    {
        // The status keeps the last entries only; the demo's releases have fewer than that.
        var fresh = view.Timeline.Skip(_told).Select(entry => new NarrationLine("release", Wording.Of(entry))).ToList();
        _told = Math.Max(_told, view.Timeline.Count);
        return fresh;
    }

    private IEnumerable<NarrationLine> Migration(ReleaseView view)
    {
        if (view.Migration is not { } migration) yield break;
        var text = Wording.Migration(migration);
        if (text == _migration) yield break;
        _migration = text;
        yield return new NarrationLine("migration", text);
    }

    private IEnumerable<NarrationLine> Pods(ReleaseView view)
    {
        var text = string.Join(" · ", view.Pods.Select(group => $"{Wording.NameOf(group)} {Wording.Of(group)}"));
        if (text == _pods || text.Length == 0) yield break;
        _pods = text;
        yield return new NarrationLine("pods", text);
    }

    private IEnumerable<NarrationLine> Weight(ReleaseView view)
    {
        if (view.Outcome is not null || view.WeightAsked == 0) yield break;

        // While pods come and go the real weight follows them, and their own lines tell it.
        var isMoving = view.Pods.Any(group => group.Starting + group.Terminating > 0);
        var weight = (view.WeightAsked, view.WeightActual);
        if (weight == _weight || (isMoving && weight.WeightAsked == _weight.Asked)) yield break;
        _weight = weight;
        yield return new NarrationLine("weight", string.Create(CultureInfo.InvariantCulture, $"{view.WeightAsked}% asked, {view.WeightActual}% real"));
    }

    private IEnumerable<NarrationLine> Metrics(ReleaseView view)
    {
        foreach (var metric in view.Metrics.Where(metric => metric.CanaryRequests > 0))
        {
            // The evidence is weighed anew when the weight changes; it is told again with the next requests.
            var found = $"{metric.Verdict} {Wording.Rates(metric)}";
            if (_measured.GetValueOrDefault(metric.Name) == found) continue;
            _measured[metric.Name] = found;
            var verdict = metric.Verdict == Verdict.Inconclusive ? "" : $": {metric.Verdict}";
            yield return new NarrationLine(
                "analysis",
                $"{metric.Name} {Wording.Rates(metric)}; max {metric.Max}; evidence for it {metric.For.Text} of {metric.For.Enough:0}, against it {metric.Against.Text} of {metric.Against.Enough:0}{verdict}");
        }
    }

    private IEnumerable<NarrationLine> Conclusion(ReleaseView view)
    {
        if (view.Phase is not (Phase.Healthy or Phase.Degraded) || view.Outcome is null || view.Message == _message) yield break;
        _message = view.Message;
        yield return new NarrationLine("rollout", $"{view.Phase}: {view.Message}");
    }
}
