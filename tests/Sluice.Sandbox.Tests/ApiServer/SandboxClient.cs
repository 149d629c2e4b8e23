using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>Short forms of requests for tests of the API server.</summary>
internal sealed class SandboxClient
{
    public SandboxClient(ManualTime? time = null, int historyLimit = 8192, ApiServerImage? image = null)
    {
        Time = time ?? new ManualTime();
        Server = new InMemoryApiServer(new ApiServerOptions { TimeProvider = Time, HistoryLimit = historyLimit, Image = image });
    }

    public ManualTime Time { get; }

    public InMemoryApiServer Server { get; }

    public ApiResponse Send(string method, string path, string body = "", string contentType = "application/json", string accept = "") =>
        Server.Handle(ApiRequest.FromUrl(method, path) with
        {
            ContentType = contentType,
            Accept = accept,
            UserAgent = "test/1",
            Body = Encoding.UTF8.GetBytes(body),
        });

    public JsonNode Get(string path) => Read(Send("GET", path), 200);

    public JsonNode Create(string path, string body) => Read(Send("POST", path, body), 201);

    public JsonNode Merge(string path, string body) => Read(Send("PATCH", path, body, "application/merge-patch+json"), 200);

    public JsonNode Delete(string path, string body = "") => Read(Send("DELETE", path, body), 200);

    /// <summary>The message of a refused request.</summary>
    public string Refusal(int status, string method, string path, string body, string contentType = "application/json") =>
        Read(Send(method, path, body, contentType), status)["message"]!.GetValue<string>();

    public static JsonNode Read(ApiResponse response, int status)
    {
        var text = Encoding.UTF8.GetString(response.Body.Span);
        response.StatusCode.ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }
}
