namespace Game.Silo.Settings;

/// <summary>Reads the settings of a profile, the environment and the flags, and refuses them all at once if any is wrong.</summary>
internal static class SettingsReader
{
    private const string EnvironmentPrefix = "GAME__";

    /// <exception cref="StartupException">No such profile, or settings that are wrong: every one is listed with its path.</exception>
    public static SiloSettings Read(string profile, IReadOnlyDictionary<string, string?> flags)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "silo-config", profile + ".json");
        if (!File.Exists(file))
        {
            throw new StartupException($"There is no profile '{profile}': {file} does not exist.");
        }

        var settings = new SiloSettings();
        try
        {
            new ConfigurationBuilder()
                .AddJsonFile(file, optional: false)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .AddInMemoryCollection(flags.Where(flag => flag.Value is not null))
                .Build()
                .Bind(settings, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or FormatException)
        {
            throw new StartupException($"The settings cannot be read: {(exception.InnerException ?? exception).Message}");
        }

        var failures = settings.Validate().ToList();
        return failures.Count == 0
            ? settings
            : throw new StartupException($"{failures.Count} settings are wrong:\n  {string.Join("\n  ", failures)}");
    }
}
