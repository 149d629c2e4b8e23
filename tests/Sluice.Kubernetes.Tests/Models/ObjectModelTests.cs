using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Tests.Models;

public sealed class ObjectModelTests
{
    [Fact]
    public void Unknown_fields_survive_a_read_modify_write()
    {
        const string text = """
            {"apiVersion":"v1","kind":"Pod","surprise":1,
             "metadata":{"name":"a","managedFields":[{"manager":"x"}],"ownerReferences":[{"apiVersion":"v1","kind":"K","name":"o","uid":"u","new":true}]},
             "spec":{"containers":[{"name":"c","probe":{"x":1}}],"volumes":[]},
             "status":{"conditions":[{"type":"Ready","status":"True","observedGeneration":3}],"containerStatuses":[{"name":"c","ready":true,"restartCount":0,"resources":{}}]}}
            """;

        var pod = JsonSerializer.Deserialize(text, ModelsJsonContext.Default.V1Pod)!;
        var written = JsonSerializer.SerializeToNode(pod with { Metadata = pod.Metadata with { Name = "a" } }, ModelsJsonContext.Default.V1Pod);

        JsonNode.DeepEquals(written, JsonNode.Parse(text)).ShouldBeTrue(written!.ToJsonString());
    }

    [Fact]
    public void Every_record_of_an_object_keeps_fields_it_does_not_name()
    {
        var answersOnly = new[] { typeof(V1Status), typeof(V1StatusDetails), typeof(V1StatusCause), typeof(V1ListMeta), typeof(KubernetesList<>) };
        var forgetful = typeof(V1Pod).Assembly.GetExportedTypes()
            .Where(type => type.IsClass && type.GetMethod("<Clone>$") is not null && !answersOnly.Contains(type))
            .Where(type => type.GetProperties().All(property => property.GetCustomAttribute<JsonExtensionDataAttribute>() is null))
            .Select(type => type.Name);

        forgetful.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"apiVersion":null,"kind":null,"metadata":null}""")]
    public void An_item_without_type_and_metadata_still_has_them(string text)
    {
        var pod = JsonSerializer.Deserialize(text, ModelsJsonContext.Default.V1Pod)!;

        pod.Kind.ShouldBe("Pod");
        pod.ApiVersion.ShouldBe("v1");
        pod.Metadata.ShouldNotBeNull();
    }

    [Fact]
    public void Every_kind_has_its_type_and_metadata_when_the_text_does_not()
    {
        var kinds = typeof(V1Pod).Assembly.GetExportedTypes().Where(type => type.GetCustomAttribute<KubernetesEntityAttribute>() is not null);
        var incomplete = kinds
            .Select(type => (IKubernetesObject)JsonSerializer.Deserialize("{}", ModelsJsonContext.Default.GetTypeInfo(type)!)!)
            .Where(item => item.Metadata is null || item.ApiVersion is null || item.Kind is null)
            .Select(item => item.GetType().Name);

        incomplete.ShouldBeEmpty();
    }

    [Fact]
    public void A_list_whose_items_are_null_is_empty() =>
        JsonSerializer.Deserialize("""{"items":null}""", ModelsJsonContext.Default.KubernetesListV1Pod)!.Items.ShouldBeEmpty();

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", 0)]
    [InlineData("2026-01-02T03:04:05.1Z", 1_000_000)]
    [InlineData("2026-01-02T03:04:05.123456Z", 1_234_560)]
    [InlineData("2026-01-02T03:04:05.123456789Z", 1_234_567)]
    [InlineData("2026-01-02T04:04:05.5+01:00", 5_000_000)]
    public void Timestamps_are_read_with_0_to_9_digits(string text, long ticks)
    {
        KubernetesTime.TryParse(text, out var time).ShouldBeTrue();

        time.ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(ticks));
    }

    [Fact]
    public void Every_number_of_digits_is_read_up_to_nanoseconds()
    {
        const string digits = "987654321";
        for (var count = 1; count <= 9; count++)
        {
            KubernetesTime.TryParse($"2026-01-02T03:04:05.{digits[..count]}Z", out var time).ShouldBeTrue($"{count} digits");

            (time.UtcTicks % TimeSpan.TicksPerSecond).ShouldBe(long.Parse(digits[..Math.Min(count, 7)].PadRight(7, '0')), $"{count} digits");
        }
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("2024-02-29T23:59:59Z")]
    public void Times_at_the_edges_are_written_as_they_were_read(string text)
    {
        KubernetesTime.TryParse(text, out var time).ShouldBeTrue();

        KubernetesTime.Format(time).ShouldBe(text);
        KubernetesTime.FormatMicro(time).ShouldBe(text.Replace("Z", ".000000Z", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("\"\"")]
    [InlineData("5")]
    [InlineData("\"2026-13-01T00:00:00Z\"")]
    [InlineData("{}")]
    public void What_is_no_time_is_refused_as_undecodable(string text) => Should.Throw<JsonException>(() =>
        JsonSerializer.Deserialize($$$"""{"metadata":{"creationTimestamp":{{{text}}}}}""", ModelsJsonContext.Default.V1Pod));

    [Fact]
    public void A_time_that_is_null_or_missing_stays_away()
    {
        var pod = JsonSerializer.Deserialize("""{"metadata":{"name":"a","creationTimestamp":null}}""", ModelsJsonContext.Default.V1Pod)!;

        pod.Metadata.CreationTimestamp.ShouldBeNull();
        JsonSerializer.Serialize(pod, ModelsJsonContext.Default.V1Pod).ShouldBe("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}""");
    }

    [Fact]
    public void Time_is_written_without_a_fraction_and_MicroTime_with_six_digits()
    {
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1_234_567);
        var lease = new V1Lease { Metadata = new() { CreationTimestamp = time }, Spec = new() { RenewTime = time } };

        var json = JsonSerializer.SerializeToNode(lease, ModelsJsonContext.Default.V1Lease)!;

        json["metadata"]!["creationTimestamp"]!.GetValue<string>().ShouldBe("2026-01-02T03:04:05Z");
        json["spec"]!["renewTime"]!.GetValue<string>().ShouldBe("2026-01-02T03:04:05.123456Z");
    }
}
