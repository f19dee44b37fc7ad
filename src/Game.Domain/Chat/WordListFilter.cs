using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Game.Domain.Chat;

/// <summary>
/// Masks the words of a list: each character becomes <c>*</c>. A word is a run of letters, digits and combining marks; it is
/// masked if the whole of it, without regard to case, is on the list. Parts of words, other spellings and words parted by
/// signs are left alone: who wants more brings another <see cref="IChatFilter"/>.
/// </summary>
public sealed class WordListFilter(IEnumerable<string> words) : IChatFilter
{
    public const int MaxWordLength = 50;

    private readonly FrozenSet<string> _words = words.Select(Fold).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a word can be on a list at all: 1–50 letters, digits and combining marks.</summary>
    public static bool IsWord(string text) => text.Length is >= 1 and <= MaxWordLength && text.All(IsPartOfWord);

    public string Apply(string text)
    {
        StringBuilder? masked = null;
        for (var start = 0; start < text.Length; start++)
        {
            var end = start;
            while (end < text.Length && IsPartOfWord(text[end]))
            {
                end++;
            }

            if (end > start && _words.Contains(Fold(text[start..end])))
            {
                masked ??= new StringBuilder(text);
                masked.Remove(start, end - start).Insert(start, "*", end - start);
            }

            start = end;
        }

        return masked?.ToString() ?? text;
    }

    private static bool IsPartOfWord(char c) => char.IsLetterOrDigit(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>One spelling of what looks the same.</summary>
    private static string Fold(string word) =>
        word.IsNormalized(NormalizationForm.FormKC) ? word : word.Normalize(NormalizationForm.FormKC);
}
