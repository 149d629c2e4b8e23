using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Tests.Demo;

public sealed class PodHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly PodHistory _history = new("payments");

    [Fact]
    public void The_lowest_number_of_available_pods_is_kept_though_it_lasted_one_event_only()
    {
        _history.Observe(null, Pod("a", ready: true));
        _history.Observe(null, Pod("b", ready: true));
        _history.TryGuard(required: 0).ShouldBeTrue();

        _history.Observe(Pod("a", ready: true), Pod("a", ready: false));
        _history.Observe(Pod("a", ready: false), Pod("a", ready: true));

        _history.Report().ShouldBe(new AvailabilityReport(Lowest: 1, Changes: 2));
    }

    [Fact]
    public void What_was_before_guarding_began_does_not_count()
    {
        _history.Observe(null, Pod("a", ready: false));
        _history.Observe(Pod("a", ready: false), Pod("a", ready: true));
        _history.TryGuard(required: 0).ShouldBeTrue();

        _history.Report().ShouldBe(new AvailabilityReport(Lowest: 1, Changes: 0));
    }

    [Fact]
    public void Guarding_begins_at_full_strength_only()
    {
        _history.Observe(null, Pod("a", ready: true));

        _history.TryGuard(required: 2).ShouldBeFalse();
        _history.Observe(null, Pod("b", ready: true));
        _history.TryGuard(required: 2).ShouldBeTrue();

        _history.Report().ShouldBe(new AvailabilityReport(Lowest: 2, Changes: 0));
    }

    [Fact]
    public void A_pod_that_is_being_deleted_is_not_available_though_it_is_ready()
    {
        _history.Observe(null, Pod("a", ready: true));
        _history.TryGuard(required: 0).ShouldBeTrue();

        var pod = Pod("a", ready: true);
        _history.Observe(pod, pod with { Metadata = pod.Metadata with { DeletionTimestamp = Noon } });

        _history.Report().Lowest.ShouldBe(0);
    }

    [Fact]
    public void A_pod_that_is_gone_without_a_goodbye_is_not_available()
    {
        _history.Observe(null, Pod("a", ready: true));
        _history.TryGuard(required: 0).ShouldBeTrue();

        _history.Observe(Pod("a", ready: true), null);

        _history.Report().Lowest.ShouldBe(0);
    }

    [Fact]
    public void Pods_of_migrations_and_of_other_Rollouts_do_not_count()
    {
        _history.TryGuard(required: 0).ShouldBeTrue();

        _history.Observe(null, Pod("migration", ready: true, owner: "Job"));
        _history.Observe(null, Pod("other", ready: true, rollout: "orders"));

        _history.Report().ShouldBe(new AvailabilityReport(Lowest: 0, Changes: 0));
    }

    [Fact]
    public void The_first_pod_of_a_revision_is_remembered()
    {
        _history.Observe(null, Pod("a", ready: false));
        _history.Observe(Pod("a", ready: false), null);
        var later = Pod("b", ready: false);
        _history.Observe(null, later with { Metadata = later.Metadata with { CreationTimestamp = Noon.AddMinutes(1) } });

        _history.FirstCreated("abc").ShouldBe(Noon);
        _history.FirstCreated("def").ShouldBeNull();
    }

    private static V1Pod Pod(string name, bool ready, string owner = "ReplicaSet", string rollout = "payments") => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            CreationTimestamp = Noon,
            Labels = new Dictionary<string, string> { [Labels.Rollout] = rollout, [Labels.Revision] = "abc" },
            OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = owner, Name = "owner", Uid = "1", Controller = true }],
        },
        Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False" }] },
    };
}
