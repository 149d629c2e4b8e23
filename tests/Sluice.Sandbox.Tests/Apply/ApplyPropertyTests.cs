using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.Tests.Schema;

namespace Sluice.Sandbox.Tests.Apply;

/// <summary>Rules that hold for every object and every intent.</summary>
public sealed class ApplyPropertyTests
{
    private static readonly StructuralSchema Schema = StructuralSchema.Parse(Recorded.Read("recorded-ownership.json")["schema"]!.AsObject(), "", []);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Applying_the_same_intent_again_changes_nothing() => Check((first, second) =>
    {
        var stored = Apply(Apply(null, "other", first, Start), "one", second, Start);
        var again = Apply(stored, "one", second, Start.AddHours(1));
        JsonNode.DeepEquals(stored, again).ShouldBeTrue();
    });

    [Fact]
    public void Everything_applied_is_there_afterwards() => Check((first, second) =>
    {
        var merged = Apply(Apply(null, "other", first, Start), "one", second, Start);
        var owned = OwnedFields.Of(second, Schema);
        // An intent without any field owns the empty spec, which is not empty once it is merged.
        owned.Except(OwnedFields.Of(merged, Schema)).Paths().Where(path => path.Count > 1).Select(PathElement.Describe).ShouldBeEmpty();
    });

    [Fact]
    public void An_intent_that_is_withdrawn_leaves_the_object_as_it_was_without_it() => Check((first, second) =>
    {
        var without = Apply(null, "other", first, Start);
        var withdrawn = Apply(Apply(without, "one", second, Start), "one", Intent([]), Start);
        // What "one" took from "other" by force is nobody's then, and goes with it.
        var kept = OwnedFields.Of(withdrawn, Schema);
        kept.Except(OwnedFields.Of(without, Schema)).Except(ManagedFields.NeverOwned).Paths()
            .Where(path => path.Count > 1).Select(PathElement.Describe).ShouldBeEmpty();
    });

    [Fact]
    public void Items_of_a_keyed_list_come_in_the_applied_order() => Check((first, second) =>
    {
        var merged = Apply(Apply(null, "other", first, Start), "one", second, Start);
        var applied = Names(second);
        Names(merged).Where(applied.Contains).ShouldBe(applied);
    });

    [Fact]
    public void A_set_of_fields_survives_being_written_and_read() => Check((first, _) =>
    {
        var fields = OwnedFields.Of(first, Schema);
        var read = FieldSet.FromJson(fields.ToJson());
        read.Paths().Select(PathElement.Describe).ShouldBe(fields.Paths().Select(PathElement.Describe));
        fields.Except(fields).IsEmpty.ShouldBeTrue();
        fields.Union(fields).ToJson().ToJsonString().ShouldBe(fields.Intersect(fields).ToJson().ToJsonString());
    });

    [Fact]
    public void Pruning_and_defaulting_twice_is_the_same_as_once() => Check((first, _) =>
    {
        first["spec"]!["unknown"] = 1;
        Schema.Prune(first).ShouldBe(["spec.unknown"]);
        Schema.Prune(first).ShouldBeEmpty();
        Schema.ApplyDefaults(first);
        var once = first.DeepClone();
        Schema.ApplyDefaults(first);
        JsonNode.DeepEquals(once, first).ShouldBeTrue();
    });

    [Fact]
    public void An_update_leaves_every_field_that_it_changed_to_its_writer_alone() => Check((first, second) =>
    {
        var stored = Apply(null, "other", first, Start);
        var updated = ManagedFields.OnUpdate(stored, second, "editor", "example.dev/v1", "", Schema, Start.AddHours(1));
        var changes = ObjectComparison.Of(stored, second, Schema);
        var table = OwnershipTable.Read(updated["metadata"]!["managedFields"]);
        foreach (var manager in table.Managers.Where(manager => manager.Name != "editor"))
            table.Find(manager)!.Fields.Intersect(changes.Modified.Union(changes.Added).Union(changes.Removed)).IsEmpty.ShouldBeTrue();
    });

    private static void Check(Action<JsonObject, JsonObject> rule) =>
        Prop.ForAll(Arb.From(Intents()), Arb.From(Intents()), (first, second) => rule(first.DeepClone().AsObject(), second.DeepClone().AsObject()))
            .QuickCheckThrowOnFailure();

    private static Gen<JsonObject> Intents()
    {
        var letter = Gen.Elements("a", "b", "c", "d");
        var count = Gen.Choose(0, 3).Select(number => (JsonNode)number);
        var part = letter.SelectMany(_ => count, (name, number) => (JsonNode)new JsonObject { ["name"] = name, ["count"] = number });
        var field = Gen.OneOf(
            count.Select(value => KeyValuePair.Create("replicas", value)),
            letter.Select(value => KeyValuePair.Create("size", (JsonNode)value)),
            letter.ArrayOf().Select(items => KeyValuePair.Create("tags", (JsonNode)new JsonArray([.. items.Distinct().Select(item => (JsonNode)item)]))),
            part.ArrayOf().Select(items => KeyValuePair.Create(
                "parts", (JsonNode)new JsonArray([.. items.DistinctBy(item => item["name"]!.ToString()).Select(item => item.DeepClone())]))),
            part.ArrayOf().Select(items => KeyValuePair.Create("steps", (JsonNode)new JsonArray([.. items.Select(item => new JsonObject { ["name"] = item["name"]!.DeepClone() })]))),
            letter.SelectMany(_ => letter, (key, value) => KeyValuePair.Create("labels", (JsonNode)new JsonObject { [key] = value })));
        return field.ArrayOf().Select(Intent);
    }

    private static JsonObject Intent(KeyValuePair<string, JsonNode>[] fields)
    {
        var spec = new JsonObject();
        foreach (var (name, value) in fields)
        {
            // An empty list is no intent: nobody owns it.
            if (value is not JsonArray { Count: 0 })
                spec[name] = value.DeepClone();
        }

        return new JsonObject
        {
            ["apiVersion"] = "example.dev/v1",
            ["kind"] = "Gizmo",
            ["metadata"] = new JsonObject { ["name"] = "x" },
            ["spec"] = spec,
        };
    }

    private static JsonObject Apply(JsonObject? live, string manager, JsonObject intent, DateTimeOffset now) =>
        ServerSideApply.Apply(live, intent, new ApplyOptions { Manager = manager, Force = true, ApiVersion = "example.dev/v1", Schema = Schema, Now = now })
            .ShouldBeOfType<ApplyResult.Merged>().Object;

    private static List<string> Names(JsonObject value) => [.. (value["spec"]?["parts"]?.AsArray() ?? []).Select(part => part!["name"]!.ToString())];
}
