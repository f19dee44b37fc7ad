using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Game.Gateway.Tokens;

/// <summary>
/// The key that signs and the keys that are still believed. A key's id is made of its hash, so that a token names the key
/// it was signed with. Immutable, safe for concurrent use.
/// </summary>
public sealed class SigningKeys
{
    private readonly byte[] _current;

    /// <param name="current">At least 32 bytes.</param>
    /// <param name="previous">Keys that signed before.</param>
    public SigningKeys(byte[] current, IEnumerable<byte[]> previous)
    {
        _current = current;
        Current = KeyOf(current);
        All = [Current, .. previous.Select(KeyOf)];
    }

    public SymmetricSecurityKey Current { get; }

    public IReadOnlyList<SymmetricSecurityKey> All { get; }

    /// <summary>Reads the keys the settings name; makes the key file if it does not exist, readable by its owner only.</summary>
    /// <exception cref="InvalidDataException">No key is named, or the file does not hold one.</exception>
    /// <exception cref="IOException">The file cannot be read or made.</exception>
    public static SigningKeys Load(TokenSettings settings)
    {
        var current = settings switch
        {
            { Key: { } key } => Convert.FromBase64String(key),
            { KeyFile: { } file } => File.Exists(file) ? Read(file) : Create(file),
            _ => throw new InvalidDataException("Gateway:Tokens: neither Key nor KeyFile is set."),
        };
        return new SigningKeys(current, settings.PreviousKeys.Select(Convert.FromBase64String));
    }

    /// <summary>A secret that only holders of the key can make out of the same parts.</summary>
    public byte[] Derive(string purpose, params ReadOnlySpan<string> parts)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _current);
        hmac.AppendData(Encoding.UTF8.GetBytes(purpose));
        foreach (var part in parts)
        {
            // The length parts what would else run together.
            hmac.AppendData(BitConverter.GetBytes(part.Length));
            hmac.AppendData(Encoding.UTF8.GetBytes(part));
        }

        return hmac.GetHashAndReset();
    }

    private static SymmetricSecurityKey KeyOf(byte[] bytes) =>
        new(bytes) { KeyId = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8)) };

    private static byte[] Read(string file)
    {
        var text = File.ReadAllText(file).Trim();
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= TokenSettings.MinKeyBytes
            ? bytes[..length]
            : throw new InvalidDataException($"The key file {file} must hold base64 of at least {TokenSettings.MinKeyBytes} bytes.");
    }

    private static byte[] Create(string file)
    {
        var key = RandomNumberGenerator.GetBytes(TokenSettings.MinKeyBytes);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // A crash in between must not leave half a key under the final name.
        var part = $"{file}.{Environment.ProcessId}.tmp";
        using (var stream = new FileStream(part, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(part, file);
            return key;
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another gateway of the game was first: its key is everybody's.
            File.Delete(part);
            return Read(file);
        }
    }
}
