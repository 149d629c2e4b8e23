using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;
using Sluice.Operator.Identity;

namespace Sluice.Operator.Tests.Identity;

/// <summary>What the operator concludes from the API server's answers to a forged Decision; those quoted are a Kubernetes 1.36 API server's.</summary>
public sealed class IdentityTrialTests
{
    private const string ByPolicy = "decisions.sluice.dev \"sluice-identity-trial\" is forbidden: ValidatingAdmissionPolicy 'sluice-decision-identity' with binding 'sluice-decision-identity' denied request: spec.by must be your own user name, admin";
    private const string ByWebhook = "admission webhook \"policies.example.com\" denied the request: spec.by is not the requesting user";
    private const string ByRbac = "decisions.sluice.dev is forbidden: User \"system:serviceaccount:sluice-system:sluice\" cannot create resource \"decisions\" in API group \"sluice.dev\" in the namespace \"shop\"";
    private const string OfLabels = "admission webhook \"labels.example.com\" denied the request: the label team is required";

    [Theory]
    [InlineData(403, ByPolicy, true)]
    [InlineData(400, ByWebhook, true)]
    [InlineData(201, "", false)]
    [InlineData(403, ByRbac, null)]
    [InlineData(403, OfLabels, null)]
    [InlineData(404, "namespaces \"shop\" not found", null)]
    [InlineData(500, "etcdserver: leader changed", null)]
    [InlineData(0, "connection refused", null)]
    public async Task Only_a_refusal_for_its_name_proves_names(int code, string message, bool? expected)
    {
        var time = new VirtualTimeProvider();
        var api = new ForgeryApi(_ => Answer(code, message));
        var trial = Trial(api, time, "shop");

        await RunAsync(trial, time, TimeSpan.FromMinutes(1));

        trial.Current.IsEnforced.ShouldBe(expected);
        api.Forged[0].Spec.By.ShouldBe("system:sluice:nobody");
        api.AreDryRuns.ShouldBeTrue("nothing is stored");
    }

    [Theory]
    [InlineData(403, ByRbac, "in namespace shop: " + ByRbac)]
    [InlineData(404, "namespaces \"shop\" not found", "in namespace shop: namespaces \"shop\" not found")]
    [InlineData(500, "etcdserver: leader changed", null)]
    public async Task What_a_person_has_to_put_right_before_it_can_be_tried_is_told_and_forgotten_when_it_can(int code, string message, string? obstacle)
    {
        var time = new VirtualTimeProvider();
        var answer = Answer(code, message);
        var trial = Trial(new ForgeryApi(_ => answer), time, "shop");
        var changes = 0;
        trial.Subscribe(() => changes++);
        await RunAsync(trial, time, TimeSpan.FromMinutes(5));
        (trial.Current.Obstacle, changes).ShouldBe((obstacle, obstacle is null ? 0 : 1));

        answer = Answer(403, ByPolicy);
        await RunAsync(trial, time, TimeSpan.FromMinutes(1));

        trial.Current.ShouldBe(new IdentityProof(IsEnforced: true, IsRequired: false));
    }

    [Fact]
    public async Task What_is_known_to_be_enforced_is_looked_at_every_ten_minutes_and_anything_else_sooner()
    {
        var time = new VirtualTimeProvider();
        var isEnforced = true;
        var api = new ForgeryApi(_ => isEnforced ? Answer(403, ByPolicy) : null);
        var trial = Trial(api, time, "shop");
        var changes = 0;
        trial.Subscribe(() => changes++);

        await RunAsync(trial, time, TimeSpan.FromMinutes(35));
        (api.Forged.Count, changes).ShouldBe((4, 1));

        isEnforced = false;
        await RunAsync(trial, time, TimeSpan.FromSeconds(50));
        (api.Forged.Count, changes).ShouldBe((7, 2), "at once, after 15 s and after 30 s");
    }

    [Fact]
    public async Task A_trial_without_a_clear_end_takes_nothing_back()
    {
        var time = new VirtualTimeProvider();
        var answer = Answer(403, ByPolicy);
        var trial = Trial(new ForgeryApi(_ => answer), time, "shop");
        await RunAsync(trial, time, TimeSpan.FromMinutes(1));

        answer = Answer(500, "etcdserver: leader changed");
        await RunAsync(trial, time, TimeSpan.FromHours(1));

        trial.Current.IsEnforced.ShouldBe(true);
    }

    [Fact]
    public async Task One_namespace_that_accepts_forgeries_is_enough_to_prove_nothing()
    {
        var time = new VirtualTimeProvider();
        var trial = Trial(new ForgeryApi(ns => ns == "bank" ? null : Answer(403, ByPolicy)), time, "shop", "bank");

        await RunAsync(trial, time, TimeSpan.FromMinutes(1));

        trial.Current.IsEnforced.ShouldBe(false);
    }

    private static KubernetesException? Answer(int code, string message) =>
        code == 201 ? null : new KubernetesException(new V1Status { Code = code, Message = message, Reason = code == 403 ? "Forbidden" : null });

    private static IdentityTrial Trial(ForgeryApi api, TimeProvider time, params string[] namespaces) =>
        new(api, new IdentityTrialOptions { Namespaces = namespaces }, time, NullLogger<IdentityTrial>.Instance);

    private static async Task RunAsync(IdentityTrial trial, VirtualTimeProvider time, TimeSpan span)
    {
        using var stop = new CancellationTokenSource();
        var running = trial.RunAsync(stop.Token);
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(5)) time.Advance(TimeSpan.FromSeconds(5));
        await stop.CancelAsync();
        await running;
    }

    private sealed class ForgeryApi(Func<string, KubernetesException?> answer) : IClusterWriter
    {
        public List<Decision> Forged { get; } = [];

        public bool AreDryRuns { get; private set; } = true;

        public Task<T> CreateAsync<T>(T item, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject
        {
            Forged.Add((Decision)(object)item);
            AreDryRuns &= options.DryRun;
            return answer(item.Metadata.Namespace!) is { } refusal ? Task.FromException<T>(refusal) : Task.FromResult(item);
        }

        public Task<T> UpdateAsync<T>(T item, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> UpdateStatusAsync<T>(T item, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> PatchAsync<T>(NamespacedName key, KubernetesPatch patch, WriteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<bool> DeleteAsync<T>(NamespacedName key, DeleteOptions options, CancellationToken ct)
            where T : class, IKubernetesObject => throw new NotSupportedException();
    }
}
