using Sluice.Sandbox.ApiServer.Printing;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Kinds;

/// <summary>The kinds that Kubernetes itself brings, as far as operators and their users meet them.</summary>
internal sealed class BuiltinKinds(ObjectStore store)
{
    private static readonly string[] All = ["all"];
    private static readonly string[] ReferenceFields = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];
    private static readonly ScalePaths Replicas = new("spec.replicas", "status.replicas", "spec.selector");

    public void Register(ResourceRegistry registry)
    {
        foreach (var type in Core().Concat(Pods()).Concat(Workloads()).Concat(Others()).Concat(Reviews()))
        {
            registry.Add(type with { Singular = type.Singular.Length > 0 ? type.Singular : type.Kind.ToLowerInvariant() });
        }
    }

    private IEnumerable<ResourceType> Core()
    {
        yield return Kind("", "v1", "ConfigMap", "configmaps", new ConfigMapRules()) with { ShortNames = ["cm"], Columns = BuiltinColumns.ConfigMaps };
        yield return Kind("", "v1", "Endpoints", "endpoints", new PlainRules(createOnUpdate: true)) with
        {
            Singular = "endpoints",
            ShortNames = ["ep"],
            Columns = BuiltinColumns.Endpoints,
        };
        yield return Kind("", "v1", "Event", "events", new EventRules(core: true)) with
        {
            ShortNames = ["ev"],
            Columns = BuiltinColumns.Events(core: true),
            SelectableFields = [.. EventFields("involvedObject"), "reason", "reportingComponent", "source", "type"],
        };
        yield return Kind("", "v1", "LimitRange", "limitranges", new PlainRules(createOnUpdate: true)) with { ShortNames = ["limits"] };
        yield return Kind("", "v1", "Namespace", "namespaces", new NamespaceRules()) with
        {
            Namespaced = false,
            ShortNames = ["ns"],
            HasStatus = true,
            Columns = BuiltinColumns.Namespaces,
            ExtraSubresources = ["finalize"],
            SelectableFields = ["status.phase"],
        };
        yield return Kind("", "v1", "Node", "nodes", new PlainRules()) with
        {
            Namespaced = false,
            ShortNames = ["no"],
            HasStatus = true,
            Columns = BuiltinColumns.Nodes,
            SelectableFields = ["spec.unschedulable"],
        };
        yield return Kind("", "v1", "PersistentVolume", "persistentvolumes", new PlainRules(returnsDeleted: true)) with
        {
            Namespaced = false,
            ShortNames = ["pv"],
            HasStatus = true,
        };
        yield return Kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", new PlainRules(returnsDeleted: true)) with
        {
            ShortNames = ["pvc"],
            HasStatus = true,
        };
        yield return Kind("", "v1", "ResourceQuota", "resourcequotas", new PlainRules(createOnUpdate: true, returnsDeleted: true)) with
        {
            ShortNames = ["quota"],
            HasStatus = true,
        };
        yield return Kind("", "v1", "Secret", "secrets", new SecretRules()) with { Columns = BuiltinColumns.Secrets, SelectableFields = ["type"] };
    }

    private IEnumerable<ResourceType> Pods()
    {
        yield return Kind("", "v1", "Pod", "pods", new PodRules()) with
        {
            ShortNames = ["po"],
            Categories = All,
            HasStatus = true,
            Columns = PodColumns.All,
            ExtraSubresources = ["binding", "eviction", "log"],
            SelectableFields =
            [
                "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP",
                "status.nominatedNodeName",
            ],
        };
        yield return Kind("", "v1", "ReplicationController", "replicationcontrollers", new PlainRules(generation: true)) with
        {
            ShortNames = ["rc"],
            Categories = All,
            HasStatus = true,
            Columns = WorkloadColumns.ReplicationControllers,
            SelectableFields = ["status.replicas"],
        };
        yield return Kind("", "v1", "Service", "services", new ServiceRules()) with
        {
            ShortNames = ["svc"],
            Categories = All,
            HasStatus = true,
            Columns = BuiltinColumns.Services,
            SelectableFields = ["spec.clusterIP", "spec.type"],
        };
        yield return Kind("", "v1", "ServiceAccount", "serviceaccounts", new PlainRules(returnsDeleted: true)) with
        {
            ShortNames = ["sa"],
            Columns = BuiltinColumns.ServiceAccounts,
        };
    }

    private IEnumerable<ResourceType> Workloads()
    {
        yield return Kind("apps", "v1", "ControllerRevision", "controllerrevisions", new PlainRules());
        yield return Kind("apps", "v1", "DaemonSet", "daemonsets", new DaemonSetRules()) with
        {
            ShortNames = ["ds"],
            Categories = All,
            HasStatus = true,
            Columns = WorkloadColumns.DaemonSets,
        };
        yield return Kind("apps", "v1", "Deployment", "deployments", new DeploymentRules()) with
        {
            ShortNames = ["deploy"],
            Categories = All,
            HasStatus = true,
            Scale = Replicas,
            Columns = WorkloadColumns.Deployments,
        };
        yield return Kind("apps", "v1", "ReplicaSet", "replicasets", new ReplicaSetRules()) with
        {
            ShortNames = ["rs"],
            Categories = All,
            HasStatus = true,
            Scale = Replicas,
            Columns = WorkloadColumns.ReplicaSets,
            SelectableFields = ["status.replicas"],
        };
        yield return Kind("apps", "v1", "StatefulSet", "statefulsets", new StatefulSetRules()) with
        {
            ShortNames = ["sts"],
            Categories = All,
            HasStatus = true,
            Scale = Replicas,
            Columns = WorkloadColumns.StatefulSets,
        };
        yield return Kind("batch", "v1", "CronJob", "cronjobs", new CronJobRules()) with
        {
            ShortNames = ["cj"],
            Categories = All,
            HasStatus = true,
            Columns = WorkloadColumns.CronJobs,
        };
        yield return Kind("batch", "v1", "Job", "jobs", new JobRules()) with
        {
            Categories = All,
            HasStatus = true,
            Columns = WorkloadColumns.Jobs,
            SelectableFields = ["status.successful"],
        };
    }

    private IEnumerable<ResourceType> Others()
    {
        // Policies are kept, and not carried out.
        const string admission = "admissionregistration.k8s.io";
        yield return Kind(admission, "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", new PlainRules(unconditional: false, generation: true)) with
        {
            Namespaced = false,
            HasStatus = true,
        };
        yield return Kind(admission, "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings",
            new PlainRules(unconditional: false, generation: true)) with
        { Namespaced = false };
        yield return Kind(CustomResourceRegistrar.Group, "v1", "CustomResourceDefinition", CustomResourceRegistrar.Plural, new CustomResourceDefinitionRules(store)) with
        {
            Namespaced = false,
            ShortNames = ["crd", "crds"],
            Categories = ["api-extensions"],
            HasStatus = true,
            Columns = BuiltinColumns.Definitions,
        };
        yield return Kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", new PlainRules()) with
        {
            ShortNames = ["hpa"],
            Categories = All,
            HasStatus = true,
            Columns = AutoscalerColumns.All,
        };
        yield return Kind("coordination.k8s.io", "v1", "Lease", "leases", new LeaseRules()) with { Columns = BuiltinColumns.Leases };
        yield return Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", new PlainRules(unconditional: false, generation: true)) with
        {
            Columns = BuiltinColumns.EndpointSlices,
        };
        yield return Kind("events.k8s.io", "v1", "Event", "events", new EventRules(core: false)) with
        {
            ShortNames = ["ev"],
            Columns = BuiltinColumns.Events(core: false),
            StorageApiVersion = "v1",
            Conversion = EventConversion.Conversion,
            SelectableFields = [.. EventFields("regarding"), "reason", "reportingController", "type"],
        };
        yield return Kind("networking.k8s.io", "v1", "Ingress", "ingresses", new PlainRules(generation: true)) with { ShortNames = ["ing"], HasStatus = true, Columns = BuiltinColumns.Ingresses };
        yield return Kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses", new PlainRules(generation: true)) with { Namespaced = false };
        yield return Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", new PlainRules(generation: true)) with { ShortNames = ["netpol"] };
        yield return Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", new PlainRules(unconditional: false, generation: true)) with
        {
            ShortNames = ["pdb"],
            HasStatus = true,
            Columns = BuiltinColumns.DisruptionBudgets,
        };
        foreach (var (kind, plural, namespaced) in ((string, string, bool)[])
            [("ClusterRole", "clusterroles", false), ("ClusterRoleBinding", "clusterrolebindings", false), ("Role", "roles", true), ("RoleBinding", "rolebindings", true)])
        {
            yield return Kind("rbac.authorization.k8s.io", "v1", kind, plural, new PlainRules(NameRule.PathSegment, createOnUpdate: true)) with { Namespaced = namespaced };
        }

        yield return Kind("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", new PlainRules()) with { Namespaced = false, ShortNames = ["pc"] };
    }

    private IEnumerable<ResourceType> Reviews()
    {
        yield return Review("authentication.k8s.io", "SelfSubjectReview");
        yield return Review("authentication.k8s.io", "TokenReview");
        yield return Review("authorization.k8s.io", "SelfSubjectAccessReview");
        yield return Review("authorization.k8s.io", "SelfSubjectRulesReview");
        yield return Review("authorization.k8s.io", "SubjectAccessReview");
    }

    private ResourceType Review(string group, string kind) =>
        Kind(group, "v1", kind, kind.ToLowerInvariant() + "s", KindRules.None) with { Namespaced = false, IsReview = true, Verbs = ["create"] };

    private ResourceType Kind(string group, string version, string kind, string plural, KindRules rules) => new()
    {
        Group = group,
        Version = version,
        Kind = kind,
        ListKind = kind + "List",
        Plural = plural,
        Namespaced = true,
        Rules = rules,
        // Events are one resource under two groups.
        Store = store.Resource(group.Length == 0 || plural == "events" ? plural : $"{plural}.{group}"),
        Schema = BuiltinSchemas.Find(group, version, kind),
        Columns = BuiltinColumns.NameAndAge,
    };

    private static IEnumerable<string> EventFields(string regarding) =>
        ReferenceFields.Select(field => $"{regarding}.{field}");
}
