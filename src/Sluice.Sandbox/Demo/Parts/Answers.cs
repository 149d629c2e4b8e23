namespace Sluice.Sandbox.Demo.Parts;

/// <summary>Whether something that is being started serves yet.</summary>
internal static class Answers
{
    /// <summary>True for a 2xx; false for any other answer, and for none.</summary>
    public static async Task<bool> OkAsync(HttpClient http, Uri address, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(address, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
