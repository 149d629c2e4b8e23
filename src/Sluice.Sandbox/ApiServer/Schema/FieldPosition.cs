namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Where a walk through a value stands. Its path is written out only when somebody asks, which is when something is wrong there.</summary>
/// <param name="root">The path at which the walk begins; empty for a whole object.</param>
internal sealed class FieldPosition(string root)
{
    private readonly List<(string? Name, int Index)> _steps = [];

    public void Enter(string name) => _steps.Add((name, 0));

    public void Enter(int index) => _steps.Add((null, index));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    public override string ToString() =>
        _steps.Aggregate(root, (path, step) => step.Name is { } name ? FieldPath.Child(path, name) : FieldPath.Index(path, step.Index));
}
