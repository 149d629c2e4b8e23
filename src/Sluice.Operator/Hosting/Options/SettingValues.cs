namespace Sluice.Operator.Hosting.Options;

/// <summary>A value as it was written, and where.</summary>
internal sealed record SettingValue(string Text, string Origin);

/// <summary>The values that were given, from the strongest source to the weakest: flag, environment, file. An empty value counts as not given.</summary>
internal sealed class SettingValues(IReadOnlyDictionary<string, string> flags, Func<string, string?> environment)
{
    private IReadOnlyDictionary<string, string> _fields = new Dictionary<string, string>();
    private string _file = "";

    public void AddFile(string file, IReadOnlyDictionary<string, string> fields) => (_file, _fields) = (file, fields);

    public SettingValue? Find(Setting setting)
    {
        if (flags.GetValueOrDefault(setting.Name) is { Length: > 0 } flag) return new SettingValue(flag, setting.Flag);
        if (environment(setting.Variable) is { Length: > 0 } variable) return new SettingValue(variable, setting.Variable);
        return _fields.GetValueOrDefault(setting.Field) is { Length: > 0 } field ? new SettingValue(field, $"{setting.Field} in {_file}") : null;
    }
}
