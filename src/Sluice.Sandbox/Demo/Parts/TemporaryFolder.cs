namespace Sluice.Sandbox.Demo.Parts;

/// <summary>A folder that is gone when this process is.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-sandbox-");

    public TemporaryFolder() => AppDomain.CurrentDomain.ProcessExit += RemoveOnExit;

    public string Of(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= RemoveOnExit;
        Remove();
    }

    private void RemoveOnExit(object? sender, EventArgs e) => Remove();

    private void Remove()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was faster: it is gone, which is what was wanted.
        }
    }
}
