using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;

namespace Sluice.Sandbox.Tests.Apply;

public sealed class OwnershipTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_apply_that_changes_nothing_keeps_the_time_of_its_entry()
    {
        var stored = Apply(null, "one", "1", Noon);

        TimesOf(Apply(stored, "one", "1", Noon.AddHours(1))).ShouldBe(["one 2026-01-01T12:00:00Z"]);
    }

    [Fact]
    public void An_apply_that_changes_something_gets_a_new_time()
    {
        var stored = Apply(null, "one", "1", Noon);

        TimesOf(Apply(stored, "one", "2", Noon.AddHours(1))).ShouldBe(["one 2026-01-01T13:00:00Z"]);
    }

    [Fact]
    public void Who_applies_what_is_there_already_owns_it_without_a_time_and_stands_first()
    {
        var stored = Apply(null, "one", "1", Noon);

        TimesOf(Apply(stored, "two", "1", Noon.AddHours(1))).ShouldBe(["two ", "one 2026-01-01T12:00:00Z"]);
    }

    [Fact]
    public void A_write_that_only_moves_times_is_no_write()
    {
        var stored = Apply(null, "one", "1", Noon);
        var later = stored.DeepClone().AsObject();
        later["metadata"]!["managedFields"]![0]!["time"] = "2026-01-02T00:00:00Z";

        ManagedFields.UnlessOnlyTimesDiffer(stored, later).ShouldBeSameAs(stored);
        later["data"]!["a"] = "2";
        ManagedFields.UnlessOnlyTimesDiffer(stored, later).ShouldBeSameAs(later);
    }

    [Fact]
    public void More_than_ten_updaters_are_joined_into_ancient_changes()
    {
        var value = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "x" }, ["data"] = new JsonObject() };
        var stored = ManagedFields.OnUpdate(null, value, "m0", "v1", "", schema: null, Noon);
        for (var number = 1; number <= 12; number++)
        {
            var next = stored.DeepClone().AsObject();
            next["data"]![$"k{number}"] = "v";
            stored = ManagedFields.OnUpdate(stored, next, $"m{number}", "v1", "", schema: null, Noon.AddMinutes(number));
        }

        var names = stored["metadata"]!["managedFields"]!.AsArray().Select(entry => entry!["manager"]!.ToString()).ToList();
        names.Count.ShouldBe(10);
        names[0].ShouldBe("ancient-changes");
        names[^1].ShouldBe("m12");
    }

    private static JsonObject Apply(JsonObject? live, string manager, string value, DateTimeOffset now)
    {
        var intent = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "x" },
            ["data"] = new JsonObject { ["a"] = value },
        };
        return ServerSideApply.Apply(live, intent, new ApplyOptions { Manager = manager, ApiVersion = "v1", Now = now }).ShouldBeOfType<ApplyResult.Merged>().Object;
    }

    private static IEnumerable<string> TimesOf(JsonObject value) =>
        value["metadata"]!["managedFields"]!.AsArray().Select(entry => $"{entry!["manager"]} {entry["time"]}");
}
