using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Kubernetes.Tests.Runtime;

/// <summary>Which changes wake which keys.</summary>
public sealed class WatchDefinitionTests
{
    private static readonly V1ObjectMeta Known = new()
    {
        Namespace = "shop",
        Name = "a",
        Uid = "u",
        ResourceVersion = "1",
        Generation = 1,
        Labels = new Dictionary<string, string> { ["app"] = "web" },
        Annotations = new Dictionary<string, string> { ["note"] = "x" },
        Finalizers = ["f"],
    };

    public static TheoryData<string, V1ObjectMeta, bool> Changes => new()
    {
        { "nothing but the version", Known with { ResourceVersion = "2" }, false },
        { "generation", Known with { Generation = 2 }, true },
        { "another object", Known with { Uid = "v" }, true },
        { "a label's value", Known with { Labels = new Dictionary<string, string> { ["app"] = "api" } }, true },
        { "a label's name", Known with { Labels = new Dictionary<string, string> { ["app2"] = "web" } }, true },
        { "a label more", Known with { Labels = new Dictionary<string, string> { ["app"] = "web", ["b"] = "c" } }, true },
        { "no labels", Known with { Labels = null }, true },
        { "an annotation", Known with { Annotations = new Dictionary<string, string> { ["note"] = "y" } }, true },
        { "no annotations", Known with { Annotations = null }, true },
        { "deletion", Known with { DeletionTimestamp = DateTimeOffset.UnixEpoch }, true },
        { "a finalizer", Known with { Finalizers = ["f", "g"] }, true },
        { "no finalizers", Known with { Finalizers = null }, true },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_of_what_others_decide_wakes_and_one_of_the_status_alone_does_not(string what, V1ObjectMeta changed, bool wakes)
    {
        var old = new V1Pod { Metadata = Known };
        var current = new V1Pod { Metadata = changed, Status = new V1PodStatus { Phase = "Running" } };

        WatchDefinition.For<V1Pod>().KeysFor(old, current).Any().ShouldBe(wakes, what);
        WatchDefinition.For<V1Pod>().KeysFor(current, old).Any().ShouldBe(wakes, what);
        WatchDefinition.For<V1Pod>(statusToo: true).KeysFor(old, current).ShouldBe([new NamespacedName("shop", "a")]);
    }

    [Fact]
    public void An_add_and_a_delete_wake()
    {
        var pod = new V1Pod { Metadata = Known };

        WatchDefinition.For<V1Pod>().KeysFor(null, pod).ShouldBe([new NamespacedName("shop", "a")]);
        WatchDefinition.For<V1Pod>().KeysFor(pod, null).ShouldBe([new NamespacedName("shop", "a")]);
    }

    [Fact]
    public void An_owned_object_wakes_its_controller_of_the_kind_and_a_former_one_too()
    {
        var watch = WatchDefinition.Owned<V1Pod>("ReplicaSet");
        V1Pod OwnedBy(string kind, string name, bool controller = true) => new()
        {
            Metadata = Known with { OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = kind, Name = name, Uid = "o", Controller = controller }] },
        };

        watch.KeysFor(null, OwnedBy("ReplicaSet", "web")).ShouldBe([new NamespacedName("shop", "web")]);
        watch.KeysFor(null, OwnedBy("Job", "web")).ShouldBeEmpty();
        watch.KeysFor(null, OwnedBy("ReplicaSet", "web", controller: false)).ShouldBeEmpty();
        watch.KeysFor(OwnedBy("ReplicaSet", "old"), OwnedBy("ReplicaSet", "new")).ShouldBe([new NamespacedName("shop", "old"), new NamespacedName("shop", "new")]);
    }
}
