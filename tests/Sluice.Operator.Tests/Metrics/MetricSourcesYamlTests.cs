using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Tests.Metrics;

public sealed class MetricSourcesYamlTests
{
    [Fact]
    public void A_source_needs_an_address_only()
    {
        var source = Valid("""
            metricSources:
            - address: http://prometheus.monitoring:9090
            """).ShouldHaveSingleItem();

        source.ShouldBe(new MetricSourceOptions
        {
            Name = "default",
            Address = new Uri("http://prometheus.monitoring:9090"),
            NamespaceLabel = "namespace",
            PodLabel = "pod",
            ScrapeInterval = TimeSpan.FromSeconds(15),
            Timeout = TimeSpan.FromSeconds(10),
            AllowQueries = false,
            Headers = source.Headers,
            Namespaces = source.Namespaces,
        });
        source.Headers.ShouldBeEmpty();
        source.Allows("anywhere").ShouldBeTrue();
    }

    [Fact]
    public void All_fields_are_read_and_other_sections_left_alone()
    {
        var sources = Valid("""
            leaderElection: {leaseDuration: 15s}
            metricSources:
            - name: default
              address: http://a:9090
            - name: mimir
              address: https://mimir.example/prometheus
              basicAuth: {username: sluice, passwordFile: /secrets/password}
              caFile: /secrets/ca.pem
              headers: {X-Scope-OrgID: shop}
              namespaceLabel: kubernetes_namespace
              podLabel: kubernetes_pod
              scrapeInterval: 1m30s
              timeout: 5s
              namespaces: [shop, checkout]
              allowQueries: true
              bearerTokenFile:
            """);

        sources.Count.ShouldBe(2);
        var mimir = sources[1];
        mimir.Name.ShouldBe("mimir");
        mimir.Address.ShouldBe(new Uri("https://mimir.example/prometheus"));
        mimir.BasicAuth.ShouldBe(new BasicAuthOptions("sluice", "/secrets/password"));
        mimir.CaFile.ShouldBe("/secrets/ca.pem");
        mimir.Headers.ShouldBe(new Dictionary<string, string> { ["X-Scope-OrgID"] = "shop" });
        mimir.NamespaceLabel.ShouldBe("kubernetes_namespace");
        mimir.PodLabel.ShouldBe("kubernetes_pod");
        mimir.ScrapeInterval.ShouldBe(TimeSpan.FromSeconds(90));
        mimir.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
        mimir.AllowQueries.ShouldBeTrue();
        mimir.BearerTokenFile.ShouldBeNull();
        mimir.Allows("shop").ShouldBeTrue();
        mimir.Allows("other").ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    [InlineData("leaderElection: {}")]
    public void A_configuration_without_sources_has_none(string yaml) => Valid(yaml).ShouldBeEmpty();

    [Theory]
    [InlineData("metricSources: [{name: a}]", "metricSources[0].address: is required")]
    [InlineData("metricSources: [{address: prometheus}]", "metricSources[0].address: is no absolute URL")]
    [InlineData("metricSources: [{address: 'ftp://a'}]", "metricSources[0].address: must be an http or https URL")]
    [InlineData("metricSources: [{address: 'http://u:p@a'}]", "metricSources[0].address: carries credentials")]
    [InlineData("metricSources: [{address: 'http://a?x=1'}]", "metricSources[0].address: has a query")]
    [InlineData("metricSources: [{address: 'http://a', adress: b}]", "metricSources[0].adress: is unknown")]
    [InlineData("metricSources: [{address: 'http://a', timeout: 5}]", "metricSources[0].timeout: must be a duration")]
    [InlineData("metricSources: [{address: 'http://a', timeout: 0s}]", "metricSources[0].timeout: must be from 100ms to 10m")]
    [InlineData("metricSources: [{address: 'http://a', scrapeInterval: 1h}]", "metricSources[0].scrapeInterval: must be from 100ms to 10m")]
    [InlineData("metricSources: [{address: 'http://a', allowQueries: maybe}]", "metricSources[0].allowQueries: must be true or false")]
    [InlineData("metricSources: [{address: 'http://a', namespaces: shop}]", "metricSources[0].namespaces: must be a list")]
    [InlineData("metricSources: [{address: 'http://a', namespaces: ['Shop!']}]", "metricSources[0].namespaces: Shop! is no namespace's name")]
    [InlineData("metricSources: [{address: 'http://a', headers: [x]}]", "metricSources[0].headers: must be a mapping")]
    [InlineData("metricSources: [{address: 'http://a', headers: {Authorization: x}}]", "metricSources[0].headers.Authorization: is not yours to set")]
    [InlineData("metricSources: [{address: 'http://a', headers: {'X Y': x}}]", "metricSources[0].headers: X Y is no header's name")]
    [InlineData("metricSources: [{address: 'http://a', headers: {X: \"a\\nb\"}}]", "metricSources[0].headers.X: the value has characters")]
    [InlineData("metricSources: [{address: 'http://a', podLabel: a-b}]", "metricSources[0].podLabel: is no label name")]
    [InlineData("metricSources: [{address: 'http://a', name: Upper}]", "metricSources[0].name: must be a DNS label")]
    [InlineData("metricSources: [{address: 'http://a', basicAuth: {username: a}}]", "metricSources[0].basicAuth.passwordFile: is required")]
    [InlineData("metricSources: [{address: 'http://a', basicAuth: {username: a, passwordFile: b, password: c}}]", "metricSources[0].basicAuth.password: is unknown")]
    [InlineData("metricSources: [{address: 'http://a', bearerTokenFile: a, basicAuth: {username: a, passwordFile: b}}]", "metricSources[0].bearerTokenFile: there is basicAuth too")]
    [InlineData("metricSources: [{address: 'http://a', caFile: a}]", "metricSources[0].caFile: the address is not https")]
    [InlineData("metricSources: [{address: 'http://a'}, {address: 'http://b'}]", "metricSources[1].name: default is there twice")]
    [InlineData("metricSources: {address: 'http://a'}", "metricSources: must be a list")]
    [InlineData("metricSources: [a]", "metricSources[0]: must be a mapping")]
    [InlineData("[a]", "the configuration is not one YAML mapping")]
    [InlineData("metricSources: [", "not YAML")]
    [InlineData("a: 1\na: 2", "not YAML")]
    public void A_fault_is_said_with_its_field(string yaml, string error) =>
        MetricSourcesYaml.Read(yaml).ShouldBeOfType<MetricSourcesRead.Invalid>().Errors.ShouldContain(text => text.Contains(error, StringComparison.Ordinal));

    [Fact]
    public void A_secret_written_in_place_of_a_field_is_not_repeated() =>
        string.Join('\n', MetricSourcesYaml.Read("metricSources: [{address: 'http://u:s3cret@a', timeout: s3cret, allowQueries: s3cret, bearerToken: s3cret}]")
            .ShouldBeOfType<MetricSourcesRead.Invalid>().Errors).ShouldNotContain("s3cret");

    private static IReadOnlyList<MetricSourceOptions> Valid(string yaml)
    {
        var read = MetricSourcesYaml.Read(yaml);
        return read.ShouldBeOfType<MetricSourcesRead.Valid>(read is MetricSourcesRead.Invalid invalid ? string.Join('\n', invalid.Errors) : "").Sources;
    }
}
