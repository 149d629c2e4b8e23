using System.Text.Json.Serialization;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>
/// Source-generated serialisation of the custom resources: camelCase, nulls left out, enums by name, timestamps in whole seconds.
/// Unknown fields are ignored, as the API server prunes them.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(TimeJsonConverter)])]
[JsonSerializable(typeof(KubernetesList<Rollout>))]
[JsonSerializable(typeof(KubernetesList<Release>))]
[JsonSerializable(typeof(KubernetesList<Migration>))]
[JsonSerializable(typeof(KubernetesList<Decision>))]
[JsonSerializable(typeof(KubernetesList<AnalysisTemplate>))]
public sealed partial class ApiJsonContext : JsonSerializerContext;
