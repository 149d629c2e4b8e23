using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.Tests.ApiServer;

public sealed class LabelIndexTests
{
    private const string Label = "sluice.dev/rollout";

    [Fact]
    public void After_any_sequence_of_writes_a_label_finds_the_same_objects_as_a_look_at_all_of_them()
    {
        var writes = Gen.Choose(0, 3).SelectMany(kind => Gen.Choose(0, 5).SelectMany(name => Gen.Choose(0, 3).Select(value => (kind, name, value)))).ListOf().ToArbitrary();
        Prop.ForAll(writes, Replay).QuickCheckThrowOnFailure();
    }

    private static bool Replay(IList<(int Kind, int Name, int Value)> writes)
    {
        var store = new ResourceStore(historyLimit: 1000);
        for (var version = 1; version <= writes.Count; version++)
        {
            var (kind, name, value) = writes[version - 1];
            // The first question comes in the midst of it.
            if (version == writes.Count / 2) store.ListLabelled("shop", Label, "v1");

            var (key, @namespace) = ($"n{name % 3}", name < 3 ? "shop" : "other");
            var before = store.Find(@namespace, key);
            if (kind == 0 && before is not null) store.Append(new StoreEvent(WatchEventType.Deleted, before, Stored(@namespace, key, null, version)));
            else store.Append(new StoreEvent(before is null ? WatchEventType.Added : WatchEventType.Modified, before, Stored(@namespace, key, value == 0 ? null : $"v{value}", version)));
        }

        return Enumerable.Range(1, 3).All(value => store.ListLabelled("shop", Label, $"v{value}").SequenceEqual(Scanned(store, $"v{value}")));
    }

    private static IEnumerable<StoredObject> Scanned(ResourceStore store, string value) =>
        store.List("shop").Where(stored => (string?)stored.Value["metadata"]!["labels"]?[Label] == value);

    private static StoredObject Stored(string @namespace, string name, string? value, long version)
    {
        var metadata = new JsonObject { ["namespace"] = @namespace, ["name"] = name };
        if (value is not null) metadata["labels"] = new JsonObject { [Label] = value };
        return new StoredObject(new JsonObject { ["metadata"] = metadata }, version);
    }
}
