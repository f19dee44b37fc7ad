using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Leaderboards;
using Game.Contracts.Wars;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Game.Orleans.Tests.Serialization;

/// <summary>
/// What leaves a silo arrives as it was sent: a property without its own id, a type without an alias or a list type that the
/// serializer does not know shows here, not in a war between two silos.
/// </summary>
public sealed class SerializationTests(SerializationTests.Services services) : IClassFixture<SerializationTests.Services>
{
    public static TheoryData<Type> ConcreteMessages => [.. Messages.Concrete];

    public static TheoryData<Type> DeclaredTypes => [.. Messages.Declared];

    [Theory]
    [MemberData(nameof(ConcreteMessages))]
    public void Message_ArrivesAsSent(Type type)
    {
        // As itself, and as what a method that takes any message of its kind declares.
        var sent = new Samples().Of(type);
        Assert.Null(Difference.Between(sent, RoundTrip(type, sent)));
        Assert.Null(Difference.Between(sent, RoundTrip(sent)));
    }

    [Theory]
    [MemberData(nameof(DeclaredTypes))]
    public void ParameterOrResult_ArrivesAsSent(Type type)
    {
        var sent = new Samples().Of(type);
        Assert.Null(Difference.Between(sent, RoundTrip(type, sent)));
    }

    [Theory]
    [MemberData(nameof(ConcreteMessages))]
    public void Message_IsImmutable_SoThatCallsWithinASiloDoNotCopyIt(Type type)
    {
        // A value type is copied into a new box.
        var sent = new Samples().Of(type);
        var copy = services.Copier.Copy(sent);
        Assert.True(type.IsValueType ? Difference.Between(sent, copy) is null : ReferenceEquals(sent, copy));
    }

    [Fact]
    public void ListsOfEveryMake_Arrive()
    {
        var entry = new LeaderboardEntry(1, "member", 2, DateTimeOffset.UnixEpoch);
        LeaderboardEntry[] array = [entry, entry];
        IReadOnlyList<LeaderboardEntry>[] makes =
        [
            [], [entry], [entry, entry], [.. array.Where(_ => true)], array, array.ToList(), array.ToList().AsReadOnly(), [.. array],
        ];
        foreach (var make in makes)
        {
            var sent = new LeaderboardPage("board", 1, 2, null, make);
            Assert.Null(Difference.Between(sent, RoundTrip(sent)));
            Assert.Null(Difference.Between(make, RoundTrip(make)));
        }
    }

    [Fact]
    public void Outcome_OfEitherKind_Arrives()
    {
        var refused = Outcome.Refuse<GuildView>(Refusal.Invalid("field", "1 to 2"));
        Assert.Null(Difference.Between(refused, RoundTrip(refused)));
        var accepted = Outcome.Accept(new StrikeResult("war", 3, 4), 5);
        Assert.Null(Difference.Between(accepted, RoundTrip(accepted)));
    }

    private T RoundTrip<T>(T sent) => services.Serializer.Deserialize<T>(services.Serializer.SerializeToArray(sent))!;

    private object RoundTrip(Type declared, object sent) => ((Func<object, object>)RoundTripAs<object>).Method
        .GetGenericMethodDefinition().MakeGenericMethod(declared).Invoke(this, [sent])!;

    private object RoundTripAs<T>(object sent) => RoundTrip((T)sent)!;

    public sealed class Services : IDisposable
    {
        private readonly ServiceProvider _provider = new ServiceCollection().AddSerializer().BuildServiceProvider();

        public Serializer Serializer => _provider.GetRequiredService<Serializer>();

        public DeepCopier Copier => _provider.GetRequiredService<DeepCopier>();

        public void Dispose() => _provider.Dispose();
    }
}
