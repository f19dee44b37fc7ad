using System.Net.Sockets;
using RabbitMQ.Client.Exceptions;

namespace Game.Broadcast.RabbitMq;

/// <summary>Tells what went wrong with the broker from what is wrong with us.</summary>
internal static class BrokerErrors
{
    public const ushort NotFound = 404;
    public const ushort Locked = 405;
    public const ushort PreconditionFailed = 406;
    private const ushort AccessRefused = 403;
    private const ushort NotAllowed = 530;

    /// <summary>Whether the broker, or the way to it, is the cause. The library also cancels, or disposes, when a connection ends.</summary>
    public static bool IsBrokers(Exception exception) =>
        exception is RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException or OperationCanceledException;

    public static bool Is(Exception exception, ushort code) =>
        exception is OperationInterruptedException { ShutdownReason.ReplyCode: var reply } && reply == code;

    /// <summary>Whether the broker has decided against it: asked again it says the same.</summary>
    public static bool IsRefusal(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is AuthenticationFailureException or PossibleAuthenticationFailureException
                || Is(exception, AccessRefused) || Is(exception, Locked) || Is(exception, PreconditionFailed) || Is(exception, NotAllowed))
            {
                return true;
            }
        }

        return false;
    }

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
