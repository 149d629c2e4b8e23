using FsCheck;
using FsCheck.Fluent;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Runtime;

/// <summary>Any sequence of calls, against sets and a clock.</summary>
public sealed class WorkQueueModelTests
{
    private static readonly NamespacedName[] Keys = [new("shop", "a"), new("shop", "b"), new("bank", "a")];

    public enum Call
    {
        Add,
        AddAfter,
        AddRateLimited,
        Forget,
        Take,
        Done,
        Advance,
    }

    private static Arbitrary<Step[]> Steps { get; } = ArbMap.Default.GeneratorFor<Call>()
        .SelectMany(call => Gen.Choose(0, Keys.Length - 1).SelectMany(key => Gen.Choose(0, 2000).Select(amount => new Step(call, Keys[key], TimeSpan.FromMilliseconds(amount)))))
        .ArrayOf().Resize(200).ToArbitrary();

    [Fact]
    public void The_queue_does_what_sets_and_a_clock_do() => Prop.ForAll(Steps, steps =>
    {
        var time = new VirtualTimeProvider();
        using var queue = new WorkQueue("model", time);
        var model = new Model();
        foreach (var step in steps)
            Apply(step, queue, model, time);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void Several_workers_never_hold_one_key_and_none_is_forgotten() => Prop.ForAll(Gen.Choose(0, Keys.Length - 1).ArrayOf().Resize(300).ToArbitrary(), adds =>
    {
        using var queue = new WorkQueue("race", TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var held = new int[Keys.Length];
        var added = new int[Keys.Length];
        var seen = new int[Keys.Length];
        async Task WorkAsync()
        {
            await Task.Yield();
            while (await queue.TakeAsync(stop.Token) is { } key)
            {
                var index = Array.IndexOf(Keys, key);
                Interlocked.Increment(ref held[index]).ShouldBe(1);
                Volatile.Write(ref seen[index], Volatile.Read(ref added[index]));
                Interlocked.Decrement(ref held[index]);
                queue.Done(key);
            }
        }

        var workers = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(WorkAsync)));
        foreach (var index in adds)
        {
            Interlocked.Increment(ref added[index]);
            queue.Add(Keys[index]);
        }

        SpinWait.SpinUntil(() => workers.IsFaulted || (queue.Count == 0 && held.Zip(seen.Zip(added)).All(key => key.First == 0 && key.Second.First == key.Second.Second)), TimeSpan.FromSeconds(30))
            .ShouldBeTrue();
        stop.Cancel();
        workers.GetAwaiter().GetResult();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static void Apply(Step step, WorkQueue queue, Model model, VirtualTimeProvider time)
    {
        switch (step.Call)
        {
            case Call.Add:
                queue.Add(step.Key);
                model.Add(step.Key);
                break;
            case Call.AddAfter:
                queue.AddAfter(step.Key, step.Amount);
                model.AddAfter(step.Key, step.Amount);
                break;
            case Call.AddRateLimited:
                queue.AddRateLimited(step.Key, step.Amount / 4).ShouldBe(model.AddRateLimited(step.Key, step.Amount / 4));
                break;
            case Call.Forget:
                queue.Forget(step.Key);
                model.Failures.Remove(step.Key);
                break;
            case Call.Take:
                using (var now = new CancellationTokenSource())
                {
                    var taken = queue.TakeAsync(now.Token);
                    now.Cancel();
                    taken.AsTask().GetAwaiter().GetResult().ShouldBe(model.Take());
                }

                break;
            case Call.Done when model.Processing.Contains(step.Key):
                queue.Done(step.Key);
                model.Done(step.Key);
                break;
            case Call.Advance:
                time.Advance(step.Amount);
                model.Advance(step.Amount);
                break;
        }

        queue.Count.ShouldBe(model.Dirty.Count);
    }

    public sealed record Step(Call Call, NamespacedName Key, TimeSpan Amount);

    private sealed class Model
    {
        private readonly List<NamespacedName> ready = [];
        private readonly Dictionary<NamespacedName, (TimeSpan Due, int Order)> delayed = [];
        private TimeSpan now;
        private int asked;

        public HashSet<NamespacedName> Dirty { get; } = [];

        public HashSet<NamespacedName> Processing { get; } = [];

        public Dictionary<NamespacedName, int> Failures { get; } = [];

        public void Add(NamespacedName key)
        {
            if (Dirty.Add(key) && !Processing.Contains(key))
                ready.Add(key);
        }

        public void AddAfter(NamespacedName key, TimeSpan delay)
        {
            if (delay <= TimeSpan.Zero)
                Add(key);
            else if (!delayed.TryGetValue(key, out var known) || known.Due > now + delay)
                delayed[key] = (now + delay, asked++);
        }

        public TimeSpan AddRateLimited(NamespacedName key, TimeSpan atLeast)
        {
            var before = Failures.GetValueOrDefault(key);
            Failures[key] = before + 1;
            var backoff = TimeSpan.FromMilliseconds(Math.Min(5 * Math.Pow(2, before), 1_000_000));
            var delay = backoff > atLeast ? backoff : atLeast;
            AddAfter(key, delay);
            return delay;
        }

        public NamespacedName? Take()
        {
            if (ready.Count == 0)
                return null;

            var key = ready[0];
            ready.RemoveAt(0);
            Dirty.Remove(key);
            Processing.Add(key);
            return key;
        }

        public void Done(NamespacedName key)
        {
            Processing.Remove(key);
            if (Dirty.Contains(key))
                ready.Add(key);
        }

        public void Advance(TimeSpan by)
        {
            now += by;
            foreach (var (key, _) in delayed.Where(entry => entry.Value.Due <= now).OrderBy(entry => entry.Value).ToList())
            {
                delayed.Remove(key);
                Add(key);
            }
        }
    }
}
