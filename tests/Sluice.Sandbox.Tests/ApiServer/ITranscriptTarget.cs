namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>A server that requests of transcripts are sent to.</summary>
internal interface ITranscriptTarget
{
    /// <param name="during">Requests to make while a watch is open.</param>
    Task<TranscriptAnswer> SendAsync(TranscriptRequest request, IReadOnlyList<TranscriptRequest> during);
}
