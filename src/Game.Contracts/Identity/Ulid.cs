using System.Security.Cryptography;

namespace Game.Contracts.Identity;

/// <summary>
/// Universally unique, lexicographically sortable identifier: 48 bits of Unix milliseconds and 80 random bits in
/// Crockford base 32 (github.com/ulid/spec).
/// </summary>
public static class Ulid
{
    public const int Length = 26;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string New(DateTimeOffset now)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        return From(now, random);
    }

    /// <summary>The identifier of an instant and ten given bytes: for tests and derived identifiers.</summary>
    public static string From(DateTimeOffset now, ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, 10);
        Span<char> text = stackalloc char[Length];
        var time = (ulong)now.ToUnixTimeMilliseconds();
        for (var i = 9; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(time & 31)];
            time >>= 5;
        }

        for (var half = 0; half < 2; half++)
        {
            ulong bits = 0;
            foreach (var b in random.Slice(half * 5, 5))
            {
                bits = (bits << 8) | b;
            }

            for (var i = 7; i >= 0; i--)
            {
                text[10 + (half * 8) + i] = Alphabet[(int)(bits & 31)];
                bits >>= 5;
            }
        }

        return new string(text);
    }

    public static bool IsValid(ReadOnlySpan<char> text)
    {
        // The first character carries 3 bits of the 48-bit time.
        if (text.Length != Length || text[0] > '7')
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!Alphabet.Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
