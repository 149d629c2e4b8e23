using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>Whatever is written, by however many: what a watcher has seen, replayed, is what the store holds.</summary>
public sealed class WatchPropertyTests
{
    private const string Path = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public void Every_watchers_replay_equals_the_store() => Prop.ForAll(Writes().ToArbitrary(), writes =>
    {
        var client = new SandboxClient();
        var views = new List<View> { View.Open(client, ""), View.Open(client, "?labelSelector=color%3Dred"), View.Open(client, "?fieldSelector=metadata.name%3Dn1") };
        for (var index = 0; index < writes.Length; index++)
        {
            // Watchers join on the way, from a list of theirs or from the beginning, and read when they like.
            if (index % 7 == 3) views.Add(View.OpenFromList(client, "labelSelector=color%3Dred"));
            if (index % 5 == 2) views[index % views.Count].Drain();
            Write(client, writes[index]);
        }

        foreach (var view in views)
        {
            view.Drain();
            view.Objects.ShouldBe(Selected(client, view.Query), ignoreOrder: true);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Writers_on_many_threads_leave_watchers_with_what_the_store_holds()
    {
        var client = new SandboxClient();
        var view = View.Open(client, "");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var step = 0; step < 100; step++) Write(client, new Change((writer * 31 + step) % 10, step % 4, step % 2 == 0 ? "red" : "blue"));
        })));
        view.Drain();
        view.Objects.ShouldBe(Selected(client, ""), ignoreOrder: true);
    }

    [Fact]
    public void A_watcher_that_fell_behind_the_history_is_told_so_once_and_ended()
    {
        var client = new SandboxClient(historyLimit: 4);
        using var watch = client.Send("GET", Path + "?watch=true").Watch!;
        for (var step = 0; step < 10; step++) client.Create(Path, $$"""{"metadata":{"name":"c{{step}}"} }""");
        watch.TryRead(out var frame).ShouldBeTrue();
        frame.Type.ShouldBe("ERROR");
        JsonNode.Parse(frame.Line.Span)!["object"]!["code"]!.GetValue<int>().ShouldBe(410);
        watch.TryRead(out _).ShouldBeFalse();
        watch.Ended.ShouldBeTrue();
    }

    [Fact]
    public void A_watch_from_a_compacted_version_gets_410_and_a_list_page_likewise()
    {
        var client = new SandboxClient();
        for (var step = 0; step < 3; step++) client.Create(Path, $$"""{"metadata":{"name":"c{{step}}"} }""");
        var page = client.Get(Path + "?limit=1");
        client.Create(Path, """{"metadata":{"name":"d"}}""");
        client.Get($"{Path}?limit=5&continue={page["metadata"]!["continue"]}")["items"]!.AsArray().Count.ShouldBe(2);
        client.Server.Compact();
        using var watch = client.Send("GET", $"{Path}?watch=true&resourceVersion={page["metadata"]!["resourceVersion"]}").Watch!;
        watch.TryRead(out var frame).ShouldBeTrue();
        JsonNode.Parse(frame.Line.Span)!["object"]!["reason"]!.GetValue<string>().ShouldBe("Expired");
        client.Send("GET", $"{Path}?limit=5&continue={page["metadata"]!["continue"]}").StatusCode.ShouldBe(410);
    }

    [Fact]
    public void Bookmarks_come_every_minute_in_which_something_was_written()
    {
        var client = new SandboxClient();
        using var watch = client.Send("GET", Path + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + client.Server.ResourceVersion).Watch!;
        client.Create("/api/v1/namespaces/default/secrets", """{"metadata":{"name":"elsewhere"}}""");
        watch.TryRead(out _).ShouldBeFalse();
        client.Time.Advance(TimeSpan.FromSeconds(61));
        watch.TryRead(out var frame).ShouldBeTrue();
        frame.Type.ShouldBe("BOOKMARK");
        JsonNode.Parse(frame.Line.Span)!["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>().ShouldBe($"{client.Server.ResourceVersion}");
        client.Time.Advance(TimeSpan.FromSeconds(61));
        watch.TryRead(out _).ShouldBeFalse();
    }

    private static Gen<Change[]> Writes() => (
        from name in Gen.Choose(0, 4)
        from kind in Gen.Choose(0, 3)
        from color in Gen.Elements("red", "blue")
        select new Change(name, kind, color)).ArrayOf();

    private static void Write(SandboxClient client, Change change)
    {
        var path = $"{Path}/n{change.Name}";
        var body = $$"""{"metadata":{"name":"n{{change.Name}}","labels":{"color":"{{change.Color}}"} } }""";
        // Whether a write succeeds depends on the ones before it; the property holds either way.
        _ = change.Kind switch
        {
            0 => client.Send("POST", Path, body),
            1 => client.Send("PATCH", path, body, "application/merge-patch+json"),
            2 => client.Send("PUT", path, body),
            _ => client.Send("DELETE", path),
        };
    }

    private static Dictionary<string, string> Selected(SandboxClient client, string query)
    {
        var list = client.Get(Path + (query.Length == 0 ? "" : "?" + query.TrimStart('?')));
        return list["items"]!.AsArray().ToDictionary(
            item => item!["metadata"]!["name"]!.GetValue<string>(), item => item!["metadata"]!["resourceVersion"]!.GetValue<string>());
    }

    private sealed record Change(int Name, int Kind, string Color);

    private sealed class View(WatchStream watch, string query, Dictionary<string, string> objects)
    {
        public string Query { get; } = query;

        public Dictionary<string, string> Objects { get; } = objects;

        public static View Open(SandboxClient client, string query) =>
            new(client.Send("GET", $"{Path}{(query.Length == 0 ? "?" : query + "&")}watch=true").Watch!, query, []);

        public static View OpenFromList(SandboxClient client, string query)
        {
            var version = client.Get($"{Path}?{query}")["metadata"]!["resourceVersion"];
            return new(client.Send("GET", $"{Path}?{query}&watch=true&resourceVersion={version}").Watch!, query, Selected(client, query));
        }

        public void Drain()
        {
            while (watch.TryRead(out var frame))
            {
                var value = JsonNode.Parse(frame.Line.Span)!["object"]!["metadata"]!;
                var name = value["name"]!.GetValue<string>();
                if (frame.Type == "DELETED") Objects.Remove(name).ShouldBeTrue();
                else
                {
                    Objects.ContainsKey(name).ShouldBe(frame.Type == "MODIFIED");
                    Objects[name] = value["resourceVersion"]!.GetValue<string>();
                }
            }
        }
    }
}
