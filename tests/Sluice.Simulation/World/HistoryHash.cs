using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Simulation.World;

/// <summary>A hash of all writes, in their order, at their times and with what they wrote: two runs of one history have the same.</summary>
internal sealed class HistoryHash : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(CommittedWrite write, DateTimeOffset at)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{at.Ticks} {write.ResourceVersion} {write.UserAgent} {write.Verb} {write.Resource}/{write.Subresource} {write.Namespace}/{write.Name}\n")));
        hash.AppendData(write.Json.Span);
    }

    /// <summary>Something beside a write that the history depends on from now on.</summary>
    public void Add(string what, DateTimeOffset at) => hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at.Ticks} {what}\n")));

    /// <summary>The first 16 digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(hash.GetCurrentHash())[..16];

    public void Dispose() => hash.Dispose();
}
