using Game.EventStore;
using Game.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;

namespace Game.Orleans.Tests.Serialization;

/// <summary>What a grain throws on one silo is known on another.</summary>
public sealed class ExceptionTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly Serializer _serializer;

    public ExceptionTests()
    {
        var services = new ServiceCollection().AddSerializer();
        ForeignExceptionCodec.AddTo(services);
        _services = services.BuildServiceProvider();
        _serializer = _services.GetRequiredService<Serializer>();
    }

    public static TheoryData<string> TypesOfTheGame() => [.. ForeignExceptionCodec.TypesOfTheGame().Select(type => type.AssemblyQualifiedName!)];

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(TypesOfTheGame))]
    public void ExceptionsOfTheGame_ArriveAsWhatTheyAre(string name)
    {
        var type = Type.GetType(name, throwOnError: true)!;
        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        var thrown = (Exception)constructor.Invoke([.. constructor.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(string) ? "told"
            : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)]);
        var received = Send(thrown);
        Assert.IsType(type, received);
        Assert.Equal(thrown.Message, received.Message);
    }

    [Fact]
    public void ExceptionsOfLibraries_ArriveWithTheirTypeAndMessage_AlsoInside()
    {
        var cause = new PostgresException("no more connections", "FATAL", "FATAL", "53300");
        var received = Assert.IsType<EventStoreException>(Send(new EventStoreException("the store is away", cause)));
        Assert.Equal("the store is away", received.Message);
        Assert.Equal($"Npgsql.PostgresException: {cause.Message}", received.InnerException?.Message);
        Assert.Equal($"Npgsql.PostgresException: {cause.Message}", Send(cause).Message);
    }

    private Exception Send(Exception exception) => _serializer.Deserialize<Exception>(_serializer.SerializeToArray<Exception>(exception))!;
}
