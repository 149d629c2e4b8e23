using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Kinds that are questions: who am I, may I. In the sandbox everybody may do everything.</summary>
internal sealed class Reviews(TimeProvider time)
{
    public ApiResponse Answer(RestRequest rest)
    {
        var question = ObjectDecoder.Decode(rest);
        question.Metadata()["creationTimestamp"] = Timestamps.Seconds(time.GetUtcNow());
        question["status"] = rest.Type.Kind switch
        {
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = User(rest.Api.User) },
            "TokenReview" => new JsonObject { ["authenticated"] = true, ["user"] = User(rest.Api.User) },
            "SelfSubjectRulesReview" => Rules(),
            _ => new JsonObject { ["allowed"] = true, ["reason"] = "the sandbox allows everything" },
        };
        if (rest.Type.Kind == "SelfSubjectReview") question.Metadata().Remove("creationTimestamp");
        return ApiResponse.Json(201, question);
    }

    private static JsonObject User(ApiUser user) => new()
    {
        ["username"] = user.Name,
        ["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]),
    };

    private static JsonObject Rules() => new()
    {
        ["resourceRules"] = new JsonArray(new JsonObject { ["verbs"] = Any(), ["apiGroups"] = Any(), ["resources"] = Any() }),
        ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = Any(), ["nonResourceURLs"] = Any() }),
        ["incomplete"] = false,
    };

    private static JsonArray Any() => ["*"];
}
