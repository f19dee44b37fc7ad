using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Game.Broadcast;
using Game.EventStore;
using Game.Grains.Hosting;
using Game.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.TypeSystem;
using Orleans.Serialization.WireProtocol;

namespace Game.Hosting;

/// <summary>
/// What a grain throws reaches a caller on another silo: the game's exceptions as what they are, so that a store that is away is known
/// there too; those of libraries as an <see cref="Exception"/> that names their type, for they cannot be made from their message alone.
/// Without it Orleans sends neither, and the caller is told that a codec is missing.
/// </summary>
internal sealed class ForeignExceptionCodec(IServiceProvider services) : IGeneralizedCodec
{
    private static readonly string[] Known = ["System", "Microsoft", "Azure", "Orleans"];
    private static readonly Assembly[] Assemblies =
    [
        typeof(EventStoreException).Assembly, typeof(BroadcastException).Assembly, typeof(RecordWriteException).Assembly, typeof(ShardServices).Assembly,
    ];

    // Not a parameter of the constructor: making it asks for codecs, and so for this one.
    private readonly Lazy<ExceptionCodec> _exceptions = new(services.GetRequiredService<ExceptionCodec>);

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IGeneralizedCodec, ForeignExceptionCodec>();
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedExceptionTypeFilter = IsOfTheGame);
        services.Configure<TypeManifestOptions>(options =>
        {
            foreach (var type in TypesOfTheGame())
            {
                options.AllowedTypes.Add(RuntimeTypeNameFormatter.Format(type));
            }
        });
    }

    /// <summary>The exceptions of the game that a grain may throw.</summary>
    public static IEnumerable<Type> TypesOfTheGame() => Assemblies
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.IsSubclassOf(typeof(Exception)));

    public bool IsSupportedType(Type type) =>
        type.IsSubclassOf(typeof(Exception)) && !IsOfTheGame(type) && !Known.Any(name => type.Namespace?.Split('.')[0] == name);

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, [AllowNull] Type expectedType, [AllowNull] object value)
        where TBufferWriter : IBufferWriter<byte>
    {
        var told = value is Exception exception ? new Exception($"{exception.GetType().FullName}: {exception.Message}") : null;
        _exceptions.Value.WriteField(ref writer, fieldIdDelta, expectedType, told);
    }

    [return: MaybeNull]
    public object ReadValue<TInput>(ref Reader<TInput> reader, Field field) => ((IFieldCodec)_exceptions.Value).ReadValue(ref reader, field);

    private static bool IsOfTheGame(Type type) => type.Namespace is { } name && (name == "Game" || name.StartsWith("Game.", StringComparison.Ordinal));
}
