using Game.Domain.Chat;

namespace Game.Silo.Settings;

/// <summary>What becomes of what players say.</summary>
public sealed class ChatSettings
{
    /// <summary>Most words of both lists together.</summary>
    public const int MaxWords = 100_000;

    private static readonly string Word = $"1 to {WordListFilter.MaxWordLength} letters and digits";

    /// <summary>Words that are masked by asterisks, each 1–50 letters and digits, whatever their case.</summary>
    public List<string> MaskedWords { get; set; } = [];

    /// <summary>A file with more of them in UTF-8, one a line; empty lines and lines that begin with # are skipped.</summary>
    public string? MaskedWordsFile { get; set; }

    internal IChatFilter ToFilter() => new WordListFilter(MaskedWords.Concat(ReadFile().Select(line => line.Word)));

    internal IEnumerable<string> Validate(string path)
    {
        for (var i = 0; i < MaskedWords.Count; i++)
        {
            if (!WordListFilter.IsWord(MaskedWords[i]))
            {
                yield return $"{path}:{nameof(MaskedWords)}:{i}: must be {Word}, not '{MaskedWords[i]}'.";
            }
        }

        if (MaskedWordsFile is not { } file)
        {
            yield break;
        }

        if (TryReadFile(out var words) is { } trouble)
        {
            yield return $"{path}:{nameof(MaskedWordsFile)}: {file} cannot be read: {trouble}";
            yield break;
        }

        if (words.Count + MaskedWords.Count > MaxWords)
        {
            yield return $"{path}:{nameof(MaskedWordsFile)}: at most {MaxWords} words, not {words.Count + MaskedWords.Count}.";
        }

        foreach (var (line, word) in words.Where(entry => !WordListFilter.IsWord(entry.Word)))
        {
            yield return $"{path}:{nameof(MaskedWordsFile)}: line {line} of {file} must be {Word}, not '{word}'.";
        }
    }

    private string? TryReadFile(out List<(int Line, string Word)> words)
    {
        words = [];
        try
        {
            words = ReadFile();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return exception.Message;
        }
    }

    private List<(int Line, string Word)> ReadFile() => MaskedWordsFile is null
        ? []
        :
        [
            .. File.ReadLines(MaskedWordsFile).Select((text, i) => (Line: i + 1, Word: text.Trim()))
                .Where(line => line.Word is not "" && line.Word[0] != '#'),
        ];
}
