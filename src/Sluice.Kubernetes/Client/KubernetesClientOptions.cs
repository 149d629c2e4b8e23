using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Kubernetes.Diagnostics;

namespace Sluice.Kubernetes.Client;

/// <summary>How the client behaves; where it connects, and as whom, is a <see cref="KubernetesClientConfiguration"/>.</summary>
public sealed class KubernetesClientOptions
{
    /// <summary>Contexts of custom resources, beside the built-in kinds.</summary>
    public IReadOnlyList<IJsonTypeInfoResolver> TypeInfoResolvers { get; init; } = [];

    /// <summary>The field manager of every write.</summary>
    public string FieldManager { get; init; } = "sluice";

    public string UserAgent { get; init; } = "sluice";

    /// <summary>The longest that one attempt may take, its answer's body included.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same for one page of a list.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is sent again when the server asks for it by Retry-After.</summary>
    public int MaxRetries { get; init; } = 10;

    /// <summary>A longer Retry-After is not waited for here: the exception carries it to the caller's own backoff.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>
    /// How long what was sent may remain undelivered; then its connection is broken off and it never arrives. Null for as long as the system likes, which is
    /// a quarter of an hour or so. Linux only.
    /// </summary>
    public TimeSpan? UndeliveredTimeout { get; init; }

    /// <summary>Replaces the network: an in-process API server or a script of a test.</summary>
    public HttpMessageHandler? PrimaryHandler { get; init; }

    /// <summary>Wraps whatever sends the requests, outermost: for tracing or injected faults.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler>? WrapHandler { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Spreads retries; seed it for a reproducible run.</summary>
    public Random Random { get; init; } = new();

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Shared with the controller runtime of the process; null counts for nobody.</summary>
    public RuntimeMetrics? Metrics { get; init; }
}
