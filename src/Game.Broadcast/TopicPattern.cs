namespace Game.Broadcast;

/// <summary>
/// A topic pattern as AMQP has it: words parted by dots, <c>*</c> stands for exactly one word, <c>#</c> for any number of
/// words, none included. An empty word is a word. Immutable.
/// </summary>
public sealed class TopicPattern
{
    private readonly string[] _words;

    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public TopicPattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        _words = pattern.Split('.');
    }

    /// <summary>
    /// Whether a routing key matches, in at most (words of the key × words of the pattern) steps and without allocating:
    /// on a mismatch only the last <c>#</c> passed needs to take one word more, since it can take whatever an earlier one could.
    /// </summary>
    public bool IsMatch(ReadOnlySpan<char> routingKey)
    {
        var word = 0;
        var rest = new WordReader(routingKey);
        var hash = -1;
        var hashRest = rest;
        while (!rest.AtEnd)
        {
            if (word < _words.Length && _words[word] == "#")
            {
                hash = word++;
                hashRest = rest;
                continue;
            }

            var next = rest.Next();
            if (word < _words.Length && (_words[word] == "*" || next.SequenceEqual(_words[word])))
            {
                word++;
                continue;
            }

            if (hash < 0)
            {
                return false;
            }

            word = hash + 1;
            hashRest.Next();
            rest = hashRest;
        }

        while (word < _words.Length && _words[word] == "#")
        {
            word++;
        }

        return word == _words.Length;
    }

    private ref struct WordReader(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _text = text;

        public bool AtEnd { get; private set; } = text.IsEmpty;

        public ReadOnlySpan<char> Next()
        {
            var dot = _text.IndexOf('.');
            if (dot < 0)
            {
                AtEnd = true;
                return _text;
            }

            var word = _text[..dot];
            _text = _text[(dot + 1)..];
            return word;
        }
    }
}
