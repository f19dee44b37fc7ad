using Game.Contracts.Accounts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Grains.EventSourcing;

namespace Game.Contracts.Tests;

public sealed class CommandFingerprintTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Stores hold it: a command sent again after an update has to be recognised.</summary>
    [Fact]
    public void Fingerprint_StaysTheSameOverBuilds() => Assert.Equal(
        "8E47B5926B0594AD33C19D4A4FAB7480", CommandFingerprint.Of(new RegisterPlayer("c1", "Ada", 100)));

    [Fact]
    public void Fingerprint_LeavesTheCommandIdOut() => Assert.Equal(
        CommandFingerprint.Of(new RegisterPlayer("c1", "Ada", 100)), CommandFingerprint.Of(new RegisterPlayer("c2", "Ada", 100)));

    /// <summary>Each try brings a new player id and a new salt, and is the same request all the same.</summary>
    [Fact]
    public void Fingerprint_LeavesOutWhatIsMadeAnewForEveryAttempt()
    {
        Assert.Equal(
            CommandFingerprint.Of(new RegisterAccount("c", "ada", "p1", "h1")), CommandFingerprint.Of(new RegisterAccount("c", "ada", "p2", "h2")));
        Assert.NotEqual(
            CommandFingerprint.Of(new RegisterAccount("c", "ada", "p1", "h1")), CommandFingerprint.Of(new RegisterAccount("c", "bob", "p1", "h1")));
    }

    [Fact]
    public void Fingerprint_TellsContentApart()
    {
        Command[] commands =
        [
            new RegisterPlayer("c", "Ada", 100),
            new RegisterPlayer("c", "Ada", 101),
            new RegisterPlayer("c", "Ad", 100),
            new ConfirmMembership("c", "g"),
            new RecordWar("c", "w", new MemberJoined(Noon, "p", "Ada")),
            new RecordWar("c", "w", new MemberJoined(Noon, "p", "Bob")),
            new RecordWar("c", "w", new WarEnded(Noon, Noon)),
            new RecordWar("c", "w", new WarEnded(Noon, Noon.AddTicks(1))),
        ];

        Assert.Equal(commands.Length, commands.Select(CommandFingerprint.Of).Distinct().Count());
    }

    /// <summary>A retried command has to be recognised whichever type it is.</summary>
    [Fact]
    public void EveryCommand_HasAFingerprint()
    {
        var types = typeof(Command).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Command)) && !type.IsAbstract).ToList();
        Assert.NotEmpty(types);
        var prints = types.Select(type => CommandFingerprint.Of((Command)Samples.Of(type))).ToList();

        Assert.All(prints, print => Assert.Matches("^[0-9A-F]{32}$", print));
        Assert.Equal(types.Count, prints.Distinct().Count());
    }
}
