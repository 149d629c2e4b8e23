using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sluice.Engine.Jobs;

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class NodeJsonContext : JsonSerializerContext;
