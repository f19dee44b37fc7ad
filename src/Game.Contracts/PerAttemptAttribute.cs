namespace Game.Contracts;

/// <summary>
/// A property of a command that its sender makes anew for every attempt (a new id, a salted hash). It is not part of what
/// the command asks for: of an attempt repeated with the same command id the first one's value counts, and the answer
/// tells it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PerAttemptAttribute : Attribute;
