using Sluice.Engine.Replicas;

namespace Sluice.Engine.Tests.Replicas;

/// <summary>ReplicaSets with pods that start, become available, fail and crash-loop, driven by a seeded source of chance.</summary>
internal sealed class SimulatedCluster(Random random)
{
    private readonly Dictionary<string, ReplicaSet> replicaSets = new(StringComparer.Ordinal);

    /// <summary>Pods at the moment when the ReplicaSet controller has created what is missing and deleted nothing yet.</summary>
    public int MostPods => replicaSets.Values.Sum(set => Math.Max(set.Desired, set.Pods.Count));

    /// <summary>Available pods once all surplus pods are deleted, the available ones of the ready first: the worst that may come of what was asked for.</summary>
    public int FewestAvailable => replicaSets.Values.Sum(set => set.Pods
        .OrderBy(pod => pod.Ready).ThenByDescending(pod => pod.Available)
        .Skip(Math.Max(0, set.Pods.Count - set.Desired))
        .Count(pod => pod.Available));

    public void Add(string name, int available, bool crashLoops = false)
    {
        var set = new ReplicaSet(crashLoops) { Desired = available };
        for (var i = 0; i < available; i++) set.Pods.Add(new Pod { Ready = !crashLoops, Available = !crashLoops, EverReady = !crashLoops });
        replicaSets.Add(name, set);
    }

    public ReplicaSetState Observe(string name)
    {
        var set = replicaSets[name];
        return new ReplicaSetState(
            name, set.Desired, set.Pods.Count, set.Pods.Count(pod => pod.Ready), set.Pods.Count(pod => pod.Available), set.Pods.Count(pod => !pod.EverReady));
    }

    public void Apply(ReplicaPass pass)
    {
        foreach (var change in pass.Changes)
        {
            replicaSets[change.Name].Desired.ShouldBe(change.From);
            replicaSets[change.Name].Desired = change.To;
        }
    }

    /// <summary>The ReplicaSet controller: it may get to some sets only. Deletes pods that are not ready first, in any order within that.</summary>
    public void SyncReplicaSets(bool all = false)
    {
        foreach (var set in replicaSets.Values.Where(_ => all || random.Next(3) > 0))
        {
            while (set.Pods.Count < set.Desired) set.Pods.Add(new Pod());
            var surplus = set.Pods.Count - set.Desired;
            if (surplus <= 0) continue;
            foreach (var pod in set.Pods.OrderBy(pod => pod.Ready).ThenBy(pod => pod.EverReady).ThenBy(_ => random.Next()).Take(surplus).ToList()) set.Pods.Remove(pod);
        }
    }

    public void StartPods(bool all = false)
    {
        foreach (var set in replicaSets.Values.Where(set => !set.CrashLoops))
        {
            foreach (var pod in set.Pods.Where(_ => all || random.Next(2) > 0))
            {
                if (pod.Ready || all) pod.Available = true;
                pod.Ready = true;
                pod.EverReady = true;
            }
        }
    }

    public void FailPods(int percent)
    {
        foreach (var pod in replicaSets.Values.SelectMany(set => set.Pods).Where(_ => random.Next(100) < percent)) pod.Ready = pod.Available = false;
    }

    public void BreakForGood(string name)
    {
        replicaSets[name].CrashLoops = true;
        foreach (var pod in replicaSets[name].Pods) pod.Ready = pod.Available = false;
    }

    private sealed class ReplicaSet(bool crashLoops)
    {
        public bool CrashLoops { get; set; } = crashLoops;

        public int Desired { get; set; }

        public List<Pod> Pods { get; } = [];
    }

    private sealed class Pod
    {
        public bool Ready { get; set; }

        public bool Available { get; set; }

        public bool EverReady { get; set; }
    }
}
