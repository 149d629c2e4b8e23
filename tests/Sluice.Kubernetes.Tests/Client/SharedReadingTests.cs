using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Tests.Client;

/// <summary>Texts and pieces of JSON that many objects share are kept once, and never mistaken for each other.</summary>
public sealed class SharedReadingTests
{
    private static readonly JsonSerializerOptions Json = KubernetesJson.Options();

    [Fact]
    public void Any_text_is_read_as_it_was_written_as_a_value_and_as_a_key() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((key, value) =>
        {
            // What is no text at all (half of a surrogate pair) cannot be written as JSON.
            var written = new Dictionary<string, string> { [Valid(key.Get)] = Valid(value.Get) };
            var read = JsonSerializer.Deserialize<V1ObjectMeta>(JsonSerializer.Serialize(new V1ObjectMeta { Labels = written }, Json), Json)!;
            return read.Labels!.SequenceEqual(written);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Labels_are_found_by_key_are_in_the_order_in_which_they_were_written_and_the_last_of_two_counts()
    {
        var labels = Meta("""{"labels":{"b":"1","a":"2","b":"3","c":null}}""").Labels!;

        labels.Select(label => (label.Key, label.Value)).ShouldBe([("b", "3"), ("a", "2"), ("c", null!)]);
        (labels.Count, labels["a"], labels.ContainsKey("d"), labels.TryGetValue("d", out _)).ShouldBe((3, "2", false, false));
        labels.Keys.ShouldBe(["b", "a", "c"]);
        labels.Values.ShouldBe(["3", "2", null!]);
        Should.Throw<KeyNotFoundException>(() => labels["d"]);
        Meta("""{"labels":null}""").Labels.ShouldBeNull();
        Meta("""{"labels":{}}""").Labels.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"labels":[]}""")]
    [InlineData("""{"labels":"a"}""")]
    [InlineData("""{"labels":{"a":1}}""")]
    [InlineData("""{"labels":{"a":{"b":"c"}}}""")]
    public void Labels_that_are_none_are_an_error_that_says_where(string json) =>
        Should.Throw<JsonException>(() => Meta(json)).Path.ShouldStartWith("$.labels");

    [Fact]
    public void More_texts_than_are_remembered_are_all_read_right()
    {
        var names = Enumerable.Range(0, 100_000).Select(index => $"service-{index}").ToList();

        foreach (var name in names) Meta($$"""{"name":"{{name}}"}""").Name.ShouldBe(name);
    }

    [Fact]
    public void The_same_text_of_two_objects_is_one_string()
    {
        var (one, other) = (Meta("""{"name":"payments","labels":{"app":"payments"}}"""), Meta("""{"name":"payments"}"""));

        other.Name.ShouldBeSameAs(one.Name);
        one.Labels!["app"].ShouldBeSameAs(one.Name);
    }

    [Fact]
    public void The_same_template_of_two_objects_is_one_piece_of_json_and_another_is_another()
    {
        var (one, same, other) = (Spec("""{"a":[1,{"b":"c"}]}"""), Spec("""{"a":[1,{"b":"c"}]}"""), Spec("""{"a":[1,{"b":"d"}]}"""));

        same.ShouldBe(one);
        other.GetRawText().ShouldBe("""{"a":[1,{"b":"d"}]}""");
        JsonElement.DeepEquals(one, other).ShouldBeFalse();
    }

    [Fact]
    public void More_templates_than_are_remembered_are_all_read_right()
    {
        var filler = new string('x', 3000);
        for (var index = 0; index < 2000; index++)
        {
            var text = $$"""{"n":{{index}},"filler":"{{filler}}"}""";
            Spec(text).GetRawText().ShouldBe(text);
        }
    }

    [Fact]
    public void What_was_read_outlives_what_is_remembered_and_what_is_read_next_is_shared_again()
    {
        var (name, spec) = (Meta("""{"name":"outlives"}""").Name, Spec("""{"a":["outlives"]}"""));

        KubernetesJson.ForgetShared();

        var (next, nextSpec) = (Meta("""{"name":"outlives"}""").Name, Spec("""{"a":["outlives"]}"""));
        (name, spec.GetRawText()).ShouldBe((next, nextSpec.GetRawText()));
        next.ShouldNotBeSameAs(name);
        nextSpec.ShouldNotBe(spec);
        Meta("""{"name":"outlives"}""").Name.ShouldBeSameAs(next);
        Spec("""{"a":["outlives"]}""").ShouldBe(nextSpec);
    }

    private static V1ObjectMeta Meta(string json) => JsonSerializer.Deserialize<V1ObjectMeta>(json, Json)!;

    private static JsonElement Spec(string json) => JsonSerializer.Deserialize<V1PodTemplateSpec>($$"""{"spec":{{json}}}""", Json)!.Spec!.Value;

    private static string Valid(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
