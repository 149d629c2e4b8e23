using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sluice.Operator.Telemetry;

/// <summary>What is running here, and what it uses, under the names that Prometheus' own clients give them.</summary>
internal sealed class ProcessInstruments
{
    public const string MeterName = "Sluice.Operator";

    public ProcessInstruments(IMeterFactory meters, string version)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("sluice_build_info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", version)),
            description: "1, labelled with the operator's version.");
        meter.CreateObservableGauge("process_start_time_seconds", StartTime, description: "When the process started, in seconds since the Unix epoch.");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => Environment.WorkingSet, description: "Resident memory.");
        meter.CreateObservableCounter("process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds,
            description: "Processor time spent, user and system, in seconds.");
        meter.CreateObservableGauge("dotnet_gc_heap_bytes", () => GC.GetTotalMemory(forceFullCollection: false), description: "Managed memory in use.");
    }

    private static double StartTime()
    {
        using var process = Process.GetCurrentProcess();
        return (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }
}
