namespace Game.Domain.Analytics.Sketches;

/// <summary>A 64-bit hash that is the same in every process and build: FNV-1a with the finalizer of MurmurHash3.</summary>
public static class TextHash
{
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = 14695981039346656037ul;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211ul;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdul;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ul;
        return hash ^ (hash >> 33);
    }
}
