using Game.Contracts;
using Game.Contracts.Notifications;

namespace Game.Domain.Notifications;

/// <summary>What a notification may be like.</summary>
public static class Notifying
{
    public static Refusal? Check(NotificationContent content) => content switch
    {
        { Kind.Length: < 1 or > NotificationLimits.MaxKindLength } => Kind,
        _ when !content.Kind.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-') => Kind,
        { Subject.Length: < 1 or > NotificationLimits.MaxSubjectLength } => Subject,
        _ when content.Subject.Any(char.IsControl) => Subject,
        { Text.Length: < 1 or > NotificationLimits.MaxTextLength } => Text,
        _ when content.Text?.Any(char.IsControl) ?? false => Text,
        { Priority: < 0 or > NotificationLimits.MaxPriority } => Refusal.Invalid("priority", $"0 to {NotificationLimits.MaxPriority}"),
        _ => null,
    };

    private static Refusal Kind { get; } = Refusal.Invalid("kind", $"1 to {NotificationLimits.MaxKindLength} of a-z 0-9 . -");

    private static Refusal Subject { get; } =
        Refusal.Invalid("subject", $"1 to {NotificationLimits.MaxSubjectLength} characters, none of them control characters");

    private static Refusal Text { get; } =
        Refusal.Invalid("text", $"1 to {NotificationLimits.MaxTextLength} characters, none of them control characters");
}
