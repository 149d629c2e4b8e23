using Sluice.Engine.Replicas;

namespace Sluice.Engine.Tests.Replicas;

public sealed class ReplicaPassTests
{
    private static readonly ReplicaSetState NoCanary = ReplicaSetState.Absent("canary");

    [Fact]
    public void Ten_to_fifty_percent_with_surge_two_and_one_unavailable_moves_three_pods_in_one_pass() =>
        Plan(NoCanary, Healthy("stable", 10), target: (5, 5), bounds: (9, 12)).ShouldBe("canary 0→2, stable 10→9");

    [Fact]
    public void The_first_deployment_starts_all_pods_at_once() =>
        Plan(NoCanary, stable: null, target: (10, 0), bounds: (8, 13)).ShouldBe("canary 0→10");

    [Fact]
    public void Without_surge_stable_gives_way_first() =>
        Plan(NoCanary, Healthy("stable", 4), target: (2, 2), bounds: (3, 4)).ShouldBe("stable 4→3");

    [Fact]
    public void Pods_being_deleted_by_the_replica_set_controller_still_take_their_room() =>
        Plan(NoCanary, new ReplicaSetState("stable", Desired: 3, Pods: 4, Ready: 4, Available: 4, NeverReady: 0), target: (2, 2), bounds: (3, 4)).ShouldBe("");

    [Fact]
    public void Deletions_under_way_count_as_lost_capacity() =>
        Plan(Healthy("canary", 2), new ReplicaSetState("stable", Desired: 8, Pods: 10, Ready: 10, Available: 10, NeverReady: 0), target: (5, 5), bounds: (9, 12))
            .ShouldBe("stable 8→7");

    [Fact]
    public void A_canary_that_is_not_ready_holds_stable_where_it_is() =>
        Plan(Unready("canary", 2, neverReady: 2), Healthy("stable", 9), target: (5, 5), bounds: (9, 12)).ShouldBe("canary 2→3");

    [Fact]
    public void A_crash_looping_canary_that_takes_all_the_room_is_removed_at_once() =>
        Plan(Unready("canary", 5, neverReady: 5), Healthy("stable", 7), target: (0, 10), bounds: (10, 12)).ShouldBe("canary 5→0");

    [Fact]
    public void A_rollback_uses_all_the_room_it_has() =>
        Plan(Healthy("canary", 5), Healthy("stable", 6), target: (0, 10), bounds: (9, 13)).ShouldBe("stable 6→8, canary 5→3");

    [Fact]
    public void Pods_that_were_ready_once_are_not_given_up_beyond_the_bound() =>
        Plan(Healthy("canary", 2), Unready("stable", 10, neverReady: 0), target: (5, 5), bounds: (9, 12)).ShouldBe("stable 10→7");

    [Fact]
    public void Older_replica_sets_go_before_the_canary_and_stable() =>
        Show(ReplicaPass.Plan(
            new ReplicaSets(Healthy("canary", 3), Healthy("stable", 8), [Healthy("older", 2)]), new ReplicaTarget(2, 8), new ReplicaBounds(10, 13)))
            .ShouldBe("older 2→0, canary 3→2");

    [Fact]
    public void Of_several_older_replica_sets_the_first_goes_first() =>
        Show(ReplicaPass.Plan(
            new ReplicaSets(NoCanary, Healthy("stable", 9), [Healthy("older-1", 2), Healthy("older-2", 2)]), new ReplicaTarget(1, 9), new ReplicaBounds(10, 13)))
            .ShouldBe("older-1 2→0, older-2 2→1");

    [Fact]
    public void A_new_revision_waits_for_the_room_that_the_superseded_canary_takes() =>
        Show(ReplicaPass.Plan(
            new ReplicaSets(NoCanary, Healthy("stable", 5), [Healthy("older", 6)]), new ReplicaTarget(5, 5), new ReplicaBounds(10, 11)))
            .ShouldBe("older 6→5");

    [Fact]
    public void Scaling_to_zero_takes_one_pass() =>
        Plan(Healthy("canary", 5), Healthy("stable", 5), target: (0, 0), bounds: (0, 0)).ShouldBe("canary 5→0, stable 5→0");

    [Fact]
    public void Scaling_up_in_flight_raises_both_sides() =>
        Plan(Healthy("canary", 5), Healthy("stable", 5), target: (10, 10), bounds: (19, 22)).ShouldBe("stable 5→10, canary 5→10");

    [Fact]
    public void Scaling_down_in_flight_lowers_both_sides_at_once() =>
        Plan(Healthy("canary", 10), Healthy("stable", 10), target: (5, 5), bounds: (10, 13)).ShouldBe("canary 10→5, stable 10→5");

    [Fact]
    public void Ready_pods_that_are_not_yet_available_may_outlive_available_ones() =>
        Plan(Healthy("canary", 5), new ReplicaSetState("stable", Desired: 7, Pods: 7, Ready: 7, Available: 5, NeverReady: 0), target: (5, 5), bounds: (10, 12))
            .ShouldBe("");

    [Fact]
    public void A_side_already_too_weak_is_not_lowered_further() =>
        Plan(Healthy("canary", 5), Healthy("stable", 3), target: (5, 0), bounds: (9, 12)).ShouldBe("");

    [Fact]
    public void With_a_router_the_canary_comes_beside_a_whole_stable() =>
        Plan(NoCanary, Healthy("stable", 10), target: (3, 10), bounds: (10, 20)).ShouldBe("canary 0→3");

    [Fact]
    public void A_target_that_is_reached_and_available_is_settled()
    {
        Settled(Healthy("canary", 5), Healthy("stable", 5), []).ShouldBeTrue();
        Settled(Unready("canary", 5, neverReady: 5), Healthy("stable", 5), []).ShouldBeFalse();
        Settled(Healthy("canary", 5), new ReplicaSetState("stable", Desired: 5, Pods: 6, Ready: 6, Available: 6, NeverReady: 0), []).ShouldBeFalse();
        Settled(Healthy("canary", 5), Healthy("stable", 5), [Healthy("older", 1)]).ShouldBeFalse();
        Settled(Healthy("canary", 5), Healthy("stable", 5), [ReplicaSetState.Absent("older")]).ShouldBeTrue();
    }

    [Fact]
    public void Pods_for_a_side_without_a_replica_set_are_refused() =>
        Should.Throw<ArgumentException>(() => ReplicaPass.Plan(new ReplicaSets(null, Healthy("stable", 1), []), new ReplicaTarget(1, 0), new ReplicaBounds(0, 2)));

    private static ReplicaSetState Healthy(string name, int replicas) => new(name, replicas, replicas, replicas, replicas, 0);

    private static ReplicaSetState Unready(string name, int replicas, int neverReady) => new(name, replicas, replicas, 0, 0, neverReady);

    private static string Plan(ReplicaSetState? canary, ReplicaSetState? stable, (int Canary, int Stable) target, (int MinAvailable, int MaxPods) bounds) =>
        Show(ReplicaPass.Plan(
            new ReplicaSets(canary, stable, []), new ReplicaTarget(target.Canary, target.Stable), new ReplicaBounds(bounds.MinAvailable, bounds.MaxPods)));

    private static string Show(ReplicaPass pass) => string.Join(", ", pass.Changes.Select(change => $"{change.Name} {change.From}→{change.To}"));

    private static bool Settled(ReplicaSetState canary, ReplicaSetState stable, IReadOnlyList<ReplicaSetState> older) =>
        ReplicaPass.Plan(new ReplicaSets(canary, stable, older), new ReplicaTarget(5, 5), new ReplicaBounds(9, 12)).IsSettled;
}
