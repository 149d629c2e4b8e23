using Microsoft.Extensions.Logging;
using Sluice.Operator.Hosting.Options;

namespace Sluice.Operator.Tests.Hosting;

public sealed class OptionsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Without_any_setting_a_person_at_a_terminal_is_assumed()
    {
        var options = Valid([]);

        options.LeaderElect.ShouldBeFalse();
        options.LogFormat.ShouldBe(LogFormat.Text);
        options.LogLevel.ShouldBe(LogLevel.Information);
        options.HealthAddress.ShouldBe(EndpointAddress.Any(8081));
        options.MetricsAddress.ShouldBe(EndpointAddress.Any(8080));
        options.ProgressInterval.ShouldBe(TimeSpan.FromMinutes(1));
        options.WatchVerificationInterval.ShouldBe(TimeSpan.FromMinutes(4));
        options.Workers.ShouldBe(4);
        options.Namespaces.ShouldBeEmpty();
        options.MetricSources.ShouldBeEmpty();
    }

    [Fact]
    public void In_a_pod_one_replica_leads_and_the_log_is_JSON()
    {
        var options = Valid([], ("KUBERNETES_SERVICE_HOST", "10.0.0.1"));

        options.LeaderElect.ShouldBeTrue();
        options.LogFormat.ShouldBe(LogFormat.Json);
    }

    [Fact]
    public void A_kubeconfig_in_a_pod_means_another_cluster_where_nobody_else_is_to_be_agreed_with() =>
        Valid(new() { ["kubeconfig"] = "/etc/other" }, ("KUBERNETES_SERVICE_HOST", "10.0.0.1")).LeaderElect.ShouldBeFalse();

    [Fact]
    public void A_flag_wins_over_the_environment_and_that_over_the_file()
    {
        File.WriteAllText(_file, "workers: 1\nlogLevel: error\nprogressInterval: 10s\n");

        var options = Valid(new() { ["config"] = _file, ["workers"] = "3" }, ("SLUICE_WORKERS", "2"), ("SLUICE_LOG_LEVEL", "debug"));

        options.Workers.ShouldBe(3);
        options.LogLevel.ShouldBe(LogLevel.Debug);
        options.ProgressInterval.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void An_empty_value_counts_as_not_given()
    {
        File.WriteAllText(_file, "workers: 7\nnamespace:\n");

        Valid(new() { ["config"] = _file, ["workers"] = "" }, ("SLUICE_WORKERS", "")).Workers.ShouldBe(7);
    }

    [Fact]
    public void The_file_brings_the_metric_sources()
    {
        File.WriteAllText(_file, "metricSources:\n- name: default\n  address: http://prometheus:9090\n");

        Valid([], ("SLUICE_CONFIG", _file)).MetricSources.ShouldHaveSingleItem().Address.ShouldBe(new Uri("http://prometheus:9090"));
    }

    [Theory]
    [InlineData("workers", "0", "workers '0' (from --workers): must be a whole number from 1 to 256")]
    [InlineData("workers", "many", "workers 'many' (from --workers): must be a whole number from 1 to 256")]
    [InlineData("progress-interval", "10", "progress-interval '10' (from --progress-interval): must be a duration such as 60s, 1s or more")]
    [InlineData("watch-verification-interval", "0s", "watch-verification-interval '0s' (from --watch-verification-interval): must be a duration from 1s to 24h")]
    [InlineData("watch-verification-interval", "25h", "watch-verification-interval '25h' (from --watch-verification-interval): must be a duration from 1s to 24h")]
    [InlineData("progress-interval", "1ms", "progress-interval '1ms' (from --progress-interval): must be a duration such as 60s, 1s or more")]
    [InlineData("leader-elect", "yes", "leader-elect 'yes' (from --leader-elect): must be true or false")]
    [InlineData("log-format", "xml", "log-format 'xml' (from --log-format): must be one of json, text")]
    [InlineData("namespace", "Shop", "namespace 'Shop' (from --namespace): must be the name of a namespace, or several separated by commas")]
    [InlineData("leader-election-namespace", "a,b", "leader-election-namespace 'a,b' (from --leader-election-namespace): must be the name of a namespace")]
    [InlineData("metrics-address", "8080", "metrics-address '8080' (from --metrics-address): must be [HOST]:PORT with an IP address or nothing as HOST, or 0 for none")]
    [InlineData("otlp-endpoint", "collector:4317", "otlp-endpoint 'collector:4317' (from --otlp-endpoint): must be an http or https URL without credentials")]
    public void A_wrong_value_is_told_with_its_option_and_source(string name, string value, string problem) =>
        Problems(new() { [name] = value }).ShouldBe([problem]);

    [Fact]
    public void The_timings_of_leader_election_are_those_of_every_controller_unless_told_otherwise()
    {
        var options = Valid(new() { ["leader-elect"] = "true" });
        (options.LeaseDuration, options.RenewDeadline, options.RetryPeriod).ShouldBe((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2)));

        options = Valid(new() { ["leader-elect"] = "true", ["leader-election-lease-duration"] = "1m" }, ("SLUICE_LEADER_ELECTION_RENEW_DEADLINE", "40s"), ("SLUICE_LEADER_ELECTION_RETRY_PERIOD", "1500ms"));
        (options.LeaseDuration, options.RenewDeadline, options.RetryPeriod).ShouldBe((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(1.5)));
    }

    [Theory]
    [InlineData("lease-duration", "10s", "leader-election-renew-deadline 10s: must be shorter than leader-election-lease-duration (10s)")]
    [InlineData("lease-duration", "15500ms", "leader-election-lease-duration 15s500ms: must be whole seconds")]
    [InlineData("retry-period", "9s", "leader-election-retry-period 9s: times 1.2, must be shorter than leader-election-renew-deadline (10s)")]
    [InlineData("lease-duration", "0s", "leader-election-lease-duration '0s' (from --leader-election-lease-duration): must be a duration such as 60s, 1s or more")]
    public void Timings_under_which_two_could_lead_are_told(string name, string value, string problem) =>
        Problems(new() { ["leader-elect"] = "true", [$"leader-election-{name}"] = value }).ShouldBe([problem]);

    [Fact]
    public void Every_problem_is_told_at_once_with_the_source_of_each()
    {
        File.WriteAllText(_file, "logLevel: loud\nworkerz: 3\nmetricSources:\n- name: default\n");

        Problems(new() { ["config"] = _file }, ("SLUICE_WORKERS", "-1")).ShouldBe(
        [
            $"{_file}: workerz: is unknown",
            $"{_file}: metricSources[0].address: is required",
            "workers '-1' (from SLUICE_WORKERS): must be a whole number from 1 to 256",
            $"log-level 'loud' (from logLevel in {_file}): must be one of trace, debug, info, information, warning, error",
        ], ignoreOrder: true);
    }

    [Theory]
    [InlineData("- a list\n", "is not one YAML mapping")]
    [InlineData("workers: [1]\n", "workers: must be a plain value")]
    [InlineData("workers: 'unfinished\n", "not YAML")]
    [InlineData("config: other.yaml\n", "config: is unknown")]
    public void A_file_that_is_no_configuration_is_told_by_name(string yaml, string problem)
    {
        File.WriteAllText(_file, yaml);

        var told = Problems(new() { ["config"] = _file }).ShouldHaveSingleItem();
        told.ShouldStartWith(_file);
        told.ShouldContain(problem);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem() =>
        Problems(new() { ["config"] = "/nowhere/sluice.yaml" }).ShouldHaveSingleItem().ShouldStartWith("config '/nowhere/sluice.yaml': cannot be read");

    [Fact]
    public void A_password_in_an_address_is_not_repeated() =>
        Problems(new() { ["otlp-endpoint"] = "https://me:hunter2@collector:4317" }).ShouldHaveSingleItem().ShouldNotContain("hunter2");

    [Fact]
    public void Two_endpoints_cannot_share_a_port() =>
        Problems(new() { ["health-address"] = ":8080" }).ShouldBe(["health-address and metrics-address are both :8080: they must differ"]);

    [Theory]
    [InlineData("0", "0")]
    [InlineData(":0", ":0")]
    [InlineData(":8080", ":8080")]
    [InlineData("127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("[::1]:80", "[::1]:80")]
    public void Addresses_are_written_as_Kubernetes_components_write_them(string text, string expected)
    {
        EndpointAddress.TryParse(text, out var address).ShouldBeTrue();
        address.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("::1")]
    [InlineData("host:80")]
    [InlineData(":65536")]
    [InlineData(":-1")]
    [InlineData("127.0.0.1")]
    public void What_is_no_address_is_refused(string text) => EndpointAddress.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Every_setting_has_one_name_in_three_spellings()
    {
        Settings.LeaderElectionNamespace.Flag.ShouldBe("--leader-election-namespace");
        Settings.LeaderElectionNamespace.Variable.ShouldBe("SLUICE_LEADER_ELECTION_NAMESPACE");
        Settings.LeaderElectionNamespace.Field.ShouldBe("leaderElectionNamespace");
    }

    [Fact]
    public void The_log_shows_what_is_in_effect() =>
        Valid(new() { ["namespace"] = "shop, till" }).ToString().ShouldBe(
            "namespace=shop,till leader-elect=false health-address=:8081 metrics-address=:8080 progress-interval=1m watch-verification-interval=4m workers=4 require-enforced-identity=false log-format=text log-level=information metricSources=[]");

    private static OperatorOptions Valid(Dictionary<string, string> flags, params (string Name, string Value)[] environment) =>
        Load(flags, environment).ShouldBeOfType<OptionsLoad.Valid>().Options;

    private static IReadOnlyList<string> Problems(Dictionary<string, string> flags, params (string Name, string Value)[] environment) =>
        Load(flags, environment).ShouldBeOfType<OptionsLoad.Invalid>().Problems;

    private static OptionsLoad Load(Dictionary<string, string> flags, (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        return OptionsLoader.Load(flags, variables.GetValueOrDefault);
    }
}
