using System.Security.Cryptography;
using System.Text;
using Game.Grains.Relay;
using Game.Silo.Settings;

namespace Game.Silo.Kafka;

/// <summary>The key that private events are sealed with, as the settings name it.</summary>
internal static class SealKey
{
    /// <summary>The file that holds the key if the settings name none.</summary>
    public static string DefaultFile(string data) => Path.Combine(Path.GetFullPath(data), "kafka.key");

    /// <summary>Reads the key; makes its file if there is none, readable by its owner only.</summary>
    /// <exception cref="StartupException">The file holds no key, or cannot be read or made.</exception>
    public static BodySeal LoadOrCreate(SiloSettings settings)
    {
        var file = settings.Kafka.PrivateKeyFile ?? DefaultFile(settings.Data);
        try
        {
            if (settings.Kafka.PrivateKey is null && !File.Exists(file))
            {
                Create(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Kafka:PrivateKeyFile: {file} cannot be made: {exception.Message}");
        }

        return Load(settings) ?? throw new StartupException($"Kafka:PrivateKeyFile: {file} cannot be made.");
    }

    /// <summary>Reads the key; null if there is none.</summary>
    /// <exception cref="StartupException">The file holds no key, or cannot be read.</exception>
    public static BodySeal? Load(SiloSettings settings)
    {
        var file = settings.Kafka.PrivateKeyFile ?? DefaultFile(settings.Data);
        try
        {
            var text = settings.Kafka.PrivateKey ?? (File.Exists(file) ? File.ReadAllText(file).Trim() : null);
            return text is null ? null
                : KafkaSettings.IsKey(text) ? new BodySeal(Convert.FromBase64String(text))
                : throw new StartupException($"Kafka:PrivateKeyFile: {file} must hold base64 of {BodySeal.KeyBytes} bytes.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Kafka:PrivateKeyFile: {file} cannot be read: {exception.Message}");
        }
    }

    private static void Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // A crash in between must not leave half a key under the final name.
        var part = $"{file}.{Environment.ProcessId}.tmp";
        using (var stream = new FileStream(part, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(BodySeal.KeyBytes))));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(part, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process of the game was first: its key is everybody's.
            File.Delete(part);
        }
    }
}
