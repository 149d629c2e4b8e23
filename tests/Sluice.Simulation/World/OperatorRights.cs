using Sluice.Sandbox.ApiServer;
using Sluice.Testing.Permissions;
using YamlDotNet.RepresentationModel;

namespace Sluice.Simulation.World;

/// <summary>What the operator's ClusterRole grants it: anything else is refused, as an API server does, and remembered.</summary>
/// <param name="withheld">Rights that it is not given after all.</param>
internal sealed class OperatorRights(params string[] withheld)
{
    private static readonly Lazy<IReadOnlySet<string>> Granted = new(Read);

    private readonly UsedPermissions used = new("sluice");
    private readonly List<string> refused = [];

    public IReadOnlyList<string> Refused => refused;

    public IReadOnlySet<string> Used => used.In(_ => true);

    public ApiResponse? Judge(ApiRequest request)
    {
        if (used.Note(request) is not { } asked || (Granted.Value.Contains(asked.Permission) && !withheld.Contains(asked.Permission))) return null;
        refused.Add(asked.Permission);
        return ApiResponse.Failure(new ApiStatus(403, "Forbidden", $"{asked.Permission} is not granted"));
    }

    private static IReadOnlySet<string> Read()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rbac", "operator.yaml"))));
        return Permission.Of(stream.Documents.Select(document => (YamlMappingNode)document.RootNode).Single(item => item["kind"].ToString() == "ClusterRole"));
    }
}
