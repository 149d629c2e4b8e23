using System.Runtime.InteropServices;
using Sluice.Api;

namespace Sluice.Testing.Analysis;

/// <summary>How one simulated release ended: Pass is promoted, Fail rolled back, Inconclusive still held when it was given up.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SimulatedEnd(Verdict Verdict, double Minutes);
