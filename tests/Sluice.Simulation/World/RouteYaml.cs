namespace Sluice.Simulation.World;

/// <summary>The manifests of the Services and the HTTPRoute of <c>payments</c>, as a person writes them.</summary>
internal static class RouteYaml
{
    public const string StableService = "payments";
    public const string CanaryService = "payments-canary";

    public const string StableSubset = "stable";
    public const string CanarySubset = "canary";

    /// <summary>Lines under <c>traffic:</c> of a Rollout.</summary>
    public const string Traffic = "gatewayAPI: {httpRoute: payments, stableService: payments, canaryService: payments-canary}";

    public const string Services = """
        apiVersion: v1
        kind: Service
        metadata: {name: payments, namespace: shop, labels: {team: checkout}}
        spec: {selector: {app: payments}, ports: [{port: 80, targetPort: 8080}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: payments-canary, namespace: shop}
        spec: {selector: {app: payments}, ports: [{port: 80, targetPort: 8080}]}

        """;

    /// <summary>Members of <c>blueGreen:</c>, by the same Services.</summary>
    public const string BlueGreen = "activeService: payments, previewService: payments-canary";

    /// <summary>The same for <see cref="VirtualService"/>.</summary>
    public const string IstioTraffic = "istio: {virtualService: payments, stableService: payments, canaryService: payments-canary}";

    /// <summary>One route for testers, one that splits, and one of another service, by all the ways of writing a host.</summary>
    public const string VirtualService = """
        apiVersion: networking.istio.io/v1beta1
        kind: VirtualService
        metadata: {name: payments, namespace: shop, annotations: {team: checkout}}
        spec:
          hosts: [payments.example.com]
          http:
          - name: testers
            match: [{headers: {x-tester: {exact: "yes"}}}]
            route: [{destination: {host: payments-canary.shop.svc.cluster.local}}]
          - name: everybody
            timeout: 10s
            route:
            - {destination: {host: payments, port: {number: 80}}, weight: 100}
            - {destination: {host: payments-canary.shop.svc.cluster.local, port: {number: 80}}, headers: {response: {set: {x-canary: "yes"}}}}
          - name: docs
            route: [{destination: {host: payments.other}, weight: 60}, {destination: {host: docs}, weight: 40}, {destination: {host: payments-canary.other}, weight: 0}]

        """;

    /// <summary>The same for <see cref="Subsets"/>.</summary>
    public const string SubsetTraffic = "istio: {virtualService: payments, destinationRule: {name: payments, stableSubset: stable, canarySubset: canary}}";

    /// <summary>
    /// One Service of both revisions, subsets of it with labels of a person's, without any, and one that is about something else; a route for testers, one that splits by all the ways of
    /// writing a host, one of another service with subsets of the same names, and one that is not HTTP.
    /// </summary>
    public const string Subsets = """
        apiVersion: v1
        kind: Service
        metadata: {name: payments, namespace: shop}
        spec: {selector: {app: payments}, ports: [{port: 80, targetPort: 8080}]}
        ---
        apiVersion: networking.istio.io/v1beta1
        kind: DestinationRule
        metadata: {name: payments, namespace: shop, annotations: {team: checkout}}
        spec:
          host: payments.shop.svc.cluster.local
          trafficPolicy: {connectionPool: {http: {maxRetries: 3}}}
          subsets:
          - {name: archive, labels: {app: payments-archive}}
          - {name: canary, labels: {app: payments}, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 7}}}
          - {name: stable}
        ---
        apiVersion: networking.istio.io/v1beta1
        kind: VirtualService
        metadata: {name: payments, namespace: shop, annotations: {team: checkout}}
        spec:
          hosts: [payments.example.com]
          http:
          - name: testers
            match: [{headers: {x-tester: {exact: "yes"}}}]
            route: [{destination: {host: payments, subset: canary}}]
          - name: everybody
            timeout: 10s
            route:
            - {destination: {host: payments, subset: stable, port: {number: 80}}, weight: 100}
            - {destination: {host: payments.shop.svc.cluster.local, subset: canary, port: {number: 80}}, headers: {response: {set: {x-canary: "yes"}}}}
          - name: docs
            route: [{destination: {host: docs, subset: stable}, weight: 60}, {destination: {host: docs, subset: canary}, weight: 40}, {destination: {host: payments}, weight: 0}]
          tcp:
          - route: [{destination: {host: payments, subset: stable}, weight: 70}, {destination: {host: payments, subset: canary}, weight: 30}]

        """;

    /// <summary>The same for <see cref="Ingress"/>.</summary>
    public const string NginxTraffic = "nginx: {ingress: payments, stableService: payments, canaryService: payments-canary}";

    /// <summary>The Ingress that the operator makes.</summary>
    public const string CanaryIngress = "payments-canary";

    /// <summary>Two hosts that lead to the stable Service by name and number of its port, a path of another service, a certificate, and annotations that a canary has to have too or must not have.</summary>
    public const string Ingress = """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: payments
          namespace: shop
          annotations: {team: checkout, nginx.ingress.kubernetes.io/proxy-body-size: 8m, nginx.ingress.kubernetes.io/upstream-hash-by: $request_uri, nginx.ingress.kubernetes.io/affinity-canary-behavior: legacy}
        spec:
          ingressClassName: nginx
          tls: [{hosts: [payments.example.com], secretName: payments-tls}]
          rules:
          - host: payments.example.com
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: payments, port: {number: 80}}}}
              - {path: /docs, pathType: Exact, backend: {service: {name: docs, port: {number: 80}}}}
          - host: "*.pay.example.com"
            http:
              paths:
              - {path: /, pathType: ImplementationSpecific, backend: {service: {name: payments, port: {name: http}}}}
          - host: docs.example.com
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: docs, port: {number: 80}}}}

        """;

    /// <summary>A rule that splits, one for testers that reaches the canary by a header, and one that is about something else.</summary>
    public const string Route = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: payments, namespace: shop, annotations: {team: checkout}}
        spec:
          parentRefs: [{name: public}]
          hostnames: [payments.example.com]
          rules:
          - matches: [{headers: [{name: x-tester, value: "yes"}]}]
            backendRefs: [{name: payments-canary, port: 80}]
          - matches: [{path: {type: PathPrefix, value: /}}]
            timeouts: {request: 10s}
            backendRefs:
            - {name: payments, port: 80, weight: 1}
            - {name: payments-canary, port: 80, weight: 0, filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-canary, value: "yes"}]}}]}
          - matches: [{path: {type: PathPrefix, value: /docs}}]
            backendRefs: [{name: docs, port: 80, weight: 7}]

        """;
}
