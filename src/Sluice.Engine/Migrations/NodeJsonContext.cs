using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sluice.Engine.Migrations;

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class NodeJsonContext : JsonSerializerContext;
