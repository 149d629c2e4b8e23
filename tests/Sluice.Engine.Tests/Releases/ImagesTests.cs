using Sluice.Engine.Releases;

namespace Sluice.Engine.Tests.Releases;

public sealed class ImagesTests
{
    [Fact]
    public void Images_of_any_number_and_length_become_few_and_short_ones()
    {
        var containers = string.Join(',', Enumerable.Range(0, 30).Select(index => $$"""{"name": "c{{index}}", "image": "{{new string('i', 70_000)}}" }"""));

        var images = Images.Of(Given.Rollout($$$$"""{"template": {"spec": {"containers": [{{{{containers}}}}]}}}""").Spec.Template);

        images.Count.ShouldBe(20);
        images.ShouldAllBe(image => image.Length <= 512);
        images[^1].ShouldBe("and 11 more");
    }

    [Fact]
    public void Usual_images_are_shown_as_they_are() =>
        Images.Of(Given.Rollout().Spec.Template).ShouldBe(["registry.example.com/payments:v1"]);
}
