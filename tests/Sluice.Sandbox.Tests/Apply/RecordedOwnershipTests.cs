using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.Tests.Schema;

namespace Sluice.Sandbox.Tests.Apply;

/// <summary>Replays writes that a real API server answered; each step starts from the object that the server had stored.</summary>
public sealed class RecordedOwnershipTests
{
    private static readonly JsonObject Recording = Recorded.Read("recorded-ownership.json");

    public static TheoryData<string> Scenarios => [.. Recording["scenarios"]!.AsArray().Select(scenario => scenario!["name"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_write_leaves_the_object_and_its_owners_as_a_real_server_does(string name)
    {
        var scenario = Recording["scenarios"]!.AsArray().Single(candidate => candidate!["name"]!.GetValue<string>() == name)!.AsObject();
        var isBuiltin = scenario["kind"]!.GetValue<string>() == "Deployment";
        var schema = isBuiltin
            ? BuiltinSchemas.Find("apps", "v1", "Deployment")!
            : StructuralSchema.Parse(Recording["schema"]!.AsObject(), "", []);
        JsonObject? live = null;
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var number = 0;
        foreach (var step in scenario["steps"]!.AsArray().Select(step => step!.AsObject()))
        {
            now += TimeSpan.FromSeconds(1);
            var about = $"{name}, step {++number} ({step["verb"]} by {step["manager"]})";
            var stored = step["object"]?.AsObject();
            switch (step["verb"]!.GetValue<string>())
            {
                case "apply":
                    Apply(live, step, schema, now, isBuiltin, about);
                    break;
                case "strategic":
                    Patch(live!, step, schema, about);
                    goto default;
                default:
                    if (stored is not null)
                        Update(live, step, schema, now, about);
                    break;
            }

            if (stored is not null)
                live = WithTimes(stored, live, now);
        }
    }

    private static void Apply(JsonObject? live, JsonObject step, StructuralSchema schema, DateTimeOffset now, bool isBuiltin, string about)
    {
        var subresource = step["subresource"]?.GetValue<string>() ?? "";
        var body = step["body"]!.AsObject();
        var result = ServerSideApply.Apply(live, body, new ApplyOptions
        {
            Manager = step["manager"]!.GetValue<string>(),
            Force = step["force"]?.GetValue<bool>() ?? false,
            ApiVersion = body["apiVersion"]!.GetValue<string>(),
            Subresource = subresource,
            IgnoredFields = subresource.Length == 0 ? ["status"] : ["spec"],
            Schema = schema,
            Now = now,
        });
        switch (step["status"]!.GetValue<int>())
        {
            case 409:
                var conflict = result.ShouldBeOfType<ApplyResult.Conflicting>(about);
                conflict.Message.ShouldBe(step["message"]!.GetValue<string>(), about);
                conflict.Causes.Select(cause => $"{cause.Message} {cause.Field}").ShouldBe(step["fields"]!.AsArray().Select(field => field!.GetValue<string>()), about);
                conflict.Causes.ShouldAllBe(cause => cause.Reason == "FieldManagerConflict");
                break;
            case 500:
                result.ShouldBeOfType<ApplyResult.Failed>(about).Message.ShouldBe(step["message"]!.GetValue<string>(), about);
                break;
            case 400:
                result.ShouldBeOfType<ApplyResult.BadRequest>(about).Message.ShouldBe(step["message"]!.GetValue<string>(), about);
                break;
            case 200 or 201:
                var merged = result.ShouldBeOfType<ApplyResult.Merged>(about).Object;
                ShouldHaveOwnersOf(merged, step, about);
                if (!isBuiltin)
                {
                    schema.ApplyDefaults(merged);
                    ShouldAgree(merged, step["object"]!.AsObject(), about);
                }

                break;
            default:
                // Refused by validation afterwards, not by apply.
                break;
        }
    }

    private static void Update(JsonObject? live, JsonObject step, StructuralSchema schema, DateTimeOffset now, string about)
    {
        var updated = step["object"]!.DeepClone().AsObject();
        updated["metadata"]!.AsObject().Remove("managedFields");
        if (step["body"]!["metadata"]?["managedFields"] is { } sent)
            updated["metadata"]!["managedFields"] = sent.DeepClone();
        var result = ManagedFields.OnUpdate(
            live, updated, step["manager"]!.GetValue<string>(), updated["apiVersion"]!.GetValue<string>(), step["subresource"]?.GetValue<string>() ?? "", schema, now);
        ShouldHaveOwnersOf(result, step, about);
    }

    private static void Patch(JsonObject live, JsonObject step, StructuralSchema schema, string about)
    {
        var body = step["body"]!.AsObject();
        if (step["status"]!.GetValue<int>() != 200)
        {
            Should.Throw<StrategicMergePatchException>(() => StrategicMergePatch.Apply(live, body, schema), about)
                .Message.ShouldBe(step["message"]!.GetValue<string>(), about);
            return;
        }

        var patched = StrategicMergePatch.Apply(live, body, schema);
        RemoveEmptyLists(patched);
        ShouldAgree(patched, step["object"]!.AsObject(), about);
    }

    // The server's Go types do not write a list of which nothing is left.
    private static void RemoveEmptyLists(JsonNode? value)
    {
        if (value is not JsonObject map)
        {
            foreach (var item in value as JsonArray ?? [])
                RemoveEmptyLists(item);
            return;
        }

        foreach (var (name, child) in map.ToList())
        {
            if (child is JsonArray { Count: 0 })
                map.Remove(name);
            else
                RemoveEmptyLists(child);
        }
    }

    private static void ShouldHaveOwnersOf(JsonObject actual, JsonObject step, string about)
    {
        var owners = actual["metadata"]!["managedFields"]?.DeepClone().AsArray() ?? [];
        foreach (var entry in owners)
            entry!.AsObject().Remove("time");
        Recorded.Canonical(owners).ShouldBe(Recorded.Canonical(step["object"]!["metadata"]!["managedFields"] ?? new JsonArray()), about);
    }

    private static void ShouldAgree(JsonObject actual, JsonObject expected, string about)
    {
        Recorded.Canonical(actual["spec"]).ShouldBe(Recorded.Canonical(expected["spec"]), about);
        Recorded.Canonical(actual["status"] ?? new JsonObject()).ShouldBe(Recorded.Canonical(expected["status"] ?? new JsonObject()), about);
        foreach (var field in (string[])["labels", "annotations", "finalizers"])
            Recorded.Canonical(actual["metadata"]![field] is JsonObject { Count: 0 } ? null : actual["metadata"]![field]).ShouldBe(Recorded.Canonical(expected["metadata"]![field]), about);
    }

    // The recording has no times: an entry that changed is given the step's time, one that did not keeps what it had.
    private static JsonObject WithTimes(JsonObject stored, JsonObject? live, DateTimeOffset now)
    {
        var copy = stored.DeepClone().AsObject();
        foreach (var entry in copy["metadata"]!["managedFields"]?.AsArray() ?? [])
        {
            var earlier = live?["metadata"]!["managedFields"]?.AsArray().SingleOrDefault(other =>
            {
                var timeless = other!.DeepClone().AsObject();
                timeless.Remove("time");
                return JsonNode.DeepEquals(timeless, entry);
            });
            entry!["time"] = earlier?["time"]?.DeepClone() ?? now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        }

        return copy;
    }
}
