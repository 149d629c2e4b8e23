using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Tests.Plans;

public sealed class ObjectNamesTests
{
    [Fact]
    public void Short_names_are_put_together()
    {
        ObjectNames.Release("payments", 12).ShouldBe("payments-12");
        ObjectNames.ReplicaSet("payments", "6f9c1b2a3d").ShouldBe("payments-6f9c1b2a3d");
        ObjectNames.Migration("payments-12", MigrationPhase.Expand).ShouldBe("payments-12-expand");
        ObjectNames.MigrationJob("payments", "expand", "6f9c1b2a3d", 0, 1, verify: true).ShouldBe("payments-expand-6f9c1b2a3d-0-1-verify");
    }

    [Fact]
    public void Every_name_leaves_room_for_what_is_added_to_it_and_two_long_names_stay_apart()
    {
        var (one, other) = (new string('a', 62) + "x", new string('a', 62) + "y");

        foreach (var make in new Func<string, string>[]
        {
            name => ObjectNames.ReplicaSet(name, "6f9c1b2a3d"),
            name => ObjectNames.MigrationJob(name, "expand", "6f9c1b2a3d", 0, 12, verify: true),
            name => ObjectNames.Migration(ObjectNames.Release(name, 123456), MigrationPhase.Expand),
        })
        {
            make(one).Length.ShouldBeLessThanOrEqualTo(63);
            make(one).ShouldNotBe(make(other));
            make(one).ShouldBe(make(one));
        }

        ObjectNames.ReplicaSet(one, "6f9c1b2a3d").Length.ShouldBeLessThanOrEqualTo(57, "a pod's name adds six characters");
        ObjectNames.ReplicaSet(one, "6f9c1b2a3d").ShouldEndWith("-6f9c1b2a3d");
        ObjectNames.Release(one, 7).ShouldEndWith("-7", customMessage: "the number is read back from the name");
    }

    [Fact]
    public void A_name_is_not_cut_after_a_hyphen_or_a_dot() =>
        ObjectNames.ReplicaSet(new string('a', 39) + "-." + new string('b', 20), "6f9c1b2a3d").ShouldNotContain("--");
}
