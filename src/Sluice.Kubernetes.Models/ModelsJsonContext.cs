using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

/// <summary>Source-generated serialisation of the built-in kinds: camelCase, nulls left out, timestamps as <c>Time</c>.</summary>
/// <remarks>
/// The generator sets every init-only property, absent ones to null: an initialiser alone is lost, so defaults live in the accessor
/// (<c>init => field = value ?? …</c>). Extension data cannot be init-only at all.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeJsonConverter)])]
[JsonSerializable(typeof(V1Status))]
[JsonSerializable(typeof(V1ObjectMeta))]
[JsonSerializable(typeof(V1Condition))]
[JsonSerializable(typeof(KubernetesList<V1Pod>))]
[JsonSerializable(typeof(KubernetesList<V1ReplicaSet>))]
[JsonSerializable(typeof(KubernetesList<V1Deployment>))]
[JsonSerializable(typeof(KubernetesList<V1Service>))]
[JsonSerializable(typeof(KubernetesList<V1Job>))]
[JsonSerializable(typeof(KubernetesList<V1Lease>))]
[JsonSerializable(typeof(KubernetesList<V1Namespace>))]
[JsonSerializable(typeof(KubernetesList<V1ServiceAccount>))]
[JsonSerializable(typeof(KubernetesList<V1Node>))]
[JsonSerializable(typeof(KubernetesList<V1EndpointSlice>))]
[JsonSerializable(typeof(KubernetesList<V1Ingress>))]
[JsonSerializable(typeof(KubernetesList<V1HTTPRoute>))]
[JsonSerializable(typeof(KubernetesList<V1Beta1VirtualService>))]
[JsonSerializable(typeof(KubernetesList<V1Beta1DestinationRule>))]
[JsonSerializable(typeof(KubernetesList<V2HorizontalPodAutoscaler>))]
[JsonSerializable(typeof(KubernetesList<EventsV1Event>))]
public sealed partial class ModelsJsonContext : JsonSerializerContext;
