using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Rollouts;

namespace Sluice.Operator.Tests.Controllers;

public sealed class EffectExecutorTests
{
    /// <summary>A Rollout that was deleted and made anew has Releases of the same names; a deletion that was meant for the old one's and comes late must miss them.</summary>
    [Fact]
    public async Task A_Release_is_deleted_only_as_the_one_that_was_looked_at()
    {
        var writer = new DeletionsOnly();
        var snapshot = new Snapshot
        {
            Rollout = new Rollout { Metadata = new V1ObjectMeta { Namespace = "shop", Name = "payments" } },
            ReplicaSets = [],
            Releases = [new Release { Metadata = new V1ObjectMeta { Namespace = "shop", Name = "payments-1", Uid = "seen" } }],
            Migrations = [],
            Decisions = [],
            Identity = IdentityProof.Unknown,
            Measurements = [],
            SpecSource = MetricSourceCheck.None,
            ReleaseSource = MetricSourceCheck.None,
            ChangedBy = null,
            ProgressInterval = TimeSpan.Zero,
        };

        (await new EffectExecutor(null!, writer, null!, null!).ExecuteAsync(snapshot, new Effect.DeleteRelease("payments-1"), TestContext.Current.CancellationToken)).ShouldBeEmpty();

        writer.Seen.ShouldBe([(new NamespacedName("shop", "payments-1"), "seen")]);
    }

    private sealed class DeletionsOnly : IClusterWriter
    {
        public List<(NamespacedName Key, string? Uid)> Seen { get; } = [];

        public Task<bool> DeleteAsync<T>(NamespacedName key, DeleteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject
        {
            Seen.Add((key, options.PreconditionUid));
            return Task.FromResult(true);
        }

        public Task<T> CreateAsync<T>(T item, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> UpdateAsync<T>(T item, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> UpdateStatusAsync<T>(T item, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> PatchAsync<T>(NamespacedName key, KubernetesPatch patch, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();
    }
}
