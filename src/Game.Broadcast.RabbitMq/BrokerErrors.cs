using System.Net.Sockets;
using RabbitMQ.Client.Exceptions;

namespace Game.Broadcast.RabbitMq;

/// <summary>Tells what went wrong with the broker from what is wrong with us.</summary>
internal static class BrokerErrors
{
    public const ushort NotFound = 404;
    public const ushort PreconditionFailed = 406;
    private const ushort InternalError = 541;

    /// <summary>Whether the broker, or the way to it, is the cause. The library also cancels, or disposes, when a connection ends.</summary>
    public static bool IsBrokers(Exception exception) =>
        exception is RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException or OperationCanceledException;

    public static bool Is(Exception exception, ushort code) =>
        exception is OperationInterruptedException { ShutdownReason.ReplyCode: var reply } && reply == code;

    /// <summary>Whether the broker was there, and did not manage it in its time or ours.</summary>
    public static bool IsOverload(Exception? exception) =>
        exception is TimeoutException or OperationCanceledException || (exception is not null && Is(exception, InternalError));

    /// <summary>What the broker said, or why it said nothing.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        OperationInterruptedException { ShutdownReason.ReplyText: { Length: > 0 } text } => text,
        BrokerUnreachableException { InnerException: { } inner } => Describe(inner),
        AggregateException { InnerException: { } inner } => Describe(inner),
        OperationCanceledException => "no answer in time",
        _ => exception.Message,
    };
}
