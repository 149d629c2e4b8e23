using FsCheck;
using FsCheck.Fluent;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Tests.Caching;

public sealed class StoreTests
{
    private const string Owner = "sluice.dev/rollout";
    private static readonly HashSet<NamespacedName> None = [];

    private readonly Store<V1Pod> store = new([Owner]);

    [Fact]
    public void A_list_takes_all_labels_into_account_whether_indexed_or_not()
    {
        store.Upsert(Pod("shop", "b", "1", owner: "web", track: "canary"));
        store.Upsert(Pod("shop", "a", "2", owner: "web", track: "canary"));
        store.Upsert(Pod("shop", "c", "3", owner: "web", track: "stable"));
        store.Upsert(Pod("shop", "d", "4", owner: "api", track: "canary"));
        store.Upsert(Pod("other", "a", "5", owner: "web", track: "canary"));

        Names("shop", (Owner, "web"), ("track", "canary")).ShouldBe(["shop/a", "shop/b"]);
        Names("shop", ("track", "canary")).ShouldBe(["shop/a", "shop/b", "shop/d"]);
        Names("shop").ShouldBe(["shop/a", "shop/b", "shop/c", "shop/d"]);
        Names("", (Owner, "web"), ("track", "canary")).ShouldBe(["other/a", "shop/a", "shop/b"]);
        Names("nowhere", (Owner, "web")).ShouldBeEmpty();
    }

    [Fact]
    public void An_object_whose_label_changed_is_found_under_the_new_value_only()
    {
        store.Upsert(Pod("shop", "a", "1", owner: "web"));
        store.Upsert(Pod("shop", "a", "2", owner: "api"));

        Names("shop", (Owner, "web")).ShouldBeEmpty();
        Names("shop", (Owner, "api")).ShouldBe(["shop/a"]);
    }

    [Fact]
    public void A_duplicate_of_the_known_state_is_no_change()
    {
        store.Upsert(Pod("shop", "a", "1"));

        store.Upsert(Pod("shop", "a", "1")).ShouldBeEmpty();
    }

    [Fact]
    public void Another_uid_under_the_same_name_is_a_delete_and_an_add()
    {
        store.Upsert(Pod("shop", "a", "1", uid: "old"));

        var changes = store.Upsert(Pod("shop", "a", "2", uid: "new"));

        changes.Select(change => (change.Old?.Metadata.Uid, change.Current?.Metadata.Uid)).ShouldBe([("old", null), (null, "new")]);
    }

    [Fact]
    public void The_delete_of_a_former_object_does_not_remove_the_one_that_bears_its_name_now()
    {
        store.Upsert(Pod("shop", "a", "2", uid: "new"));

        store.Remove(Pod("shop", "a", "1", uid: "old")).ShouldBeEmpty();
        store.Count.ShouldBe(1);
    }

    [Fact]
    public void A_replacement_tells_the_deletes_that_were_missed_with_the_last_state_known()
    {
        store.Upsert(Pod("shop", "kept", "1"));
        store.Upsert(Pod("shop", "gone", "2"));
        store.Upsert(Pod("other", "elsewhere", "3"));

        var changes = store.Replace("shop", [Pod("shop", "kept", "1"), Pod("shop", "new", "9")], None);

        changes.Select(change => (change.Old?.Metadata.ResourceVersion, change.Current?.Metadata.Name)).ShouldBe([("2", null), (null, "new")]);
        store.Count.ShouldBe(3);
    }

    [Fact]
    public void What_exists_but_cannot_be_read_stays_as_it_was()
    {
        store.Upsert(Pod("shop", "bad", "1"));

        store.Replace(ns: null, [], new HashSet<NamespacedName> { new("shop", "bad") }).ShouldBeEmpty();
        store.Get(new("shop", "bad")).ShouldNotBeNull();
    }

    [Fact]
    public void Any_sequence_of_changes_replayed_by_a_listener_gives_the_store_and_its_index()
    {
        var steps = Gen.Choose(0, 3).SelectMany(kind => Gen.Choose(0, 4).SelectMany(name => Gen.Choose(0, 2).Select(value => (kind, name, value)))).ListOf().ToArbitrary();
        Prop.ForAll(steps, Replay).QuickCheckThrowOnFailure();
    }

    private static bool Replay(IList<(int Kind, int Name, int Value)> steps)
    {
        var tested = new Store<V1Pod>([Owner]);
        var mirror = new Dictionary<string, V1Pod>();
        var version = 0;
        foreach (var (kind, name, value) in steps)
        {
            var pod = Pod("shop", $"p{name}", $"{++version}", uid: $"u{name}-{value}", owner: $"o{value}");
            var changes = kind switch
            {
                0 or 1 => tested.Upsert(pod),
                2 => tested.Remove(pod),
                _ => tested.Replace("shop", [pod], None),
            };
            foreach (var (old, current) in changes)
            {
                if (current is null)
                    mirror.Remove(old!.Metadata.Name!);
                else
                    mirror[current.Metadata.Name!] = current;
            }
        }

        var listed = Enumerable.Range(0, 3).SelectMany(value => tested.List("shop", new Dictionary<string, string> { [Owner] = $"o{value}" })).ToHashSet();
        return listed.SetEquals(mirror.Values) && tested.All().ToHashSet().SetEquals(mirror.Values);
    }

    private static V1Pod Pod(string ns, string name, string version, string uid = "u", string? owner = null, string? track = null)
    {
        var labels = new Dictionary<string, string>();
        if (owner is not null)
            labels[Owner] = owner;

        if (track is not null)
            labels["track"] = track;

        return new() { Metadata = new() { Namespace = ns, Name = name, Uid = uid, ResourceVersion = version, Labels = labels } };
    }

    private IEnumerable<string> Names(string ns, params (string Key, string Value)[] labels) =>
        store.List(ns, labels.ToDictionary(label => label.Key, label => label.Value)).Select(pod => NamespacedName.Of(pod).ToString());
}
