using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Routing.Tests;

/// <summary>
/// A process whose router has no open way and a small disk. It sends numbered messages, and says on its standard output a line each:
/// <c>full {why}</c> when one is refused for the first time, after which it sends that one until it is taken and some more; then it opens
/// the way and says <c>arrived {number}</c> for everything that comes.
/// </summary>
internal static class SpoolChild
{
    public const string Argument = "spool-child";

    private const int BodyBytes = 8_000;
    private const int MoreOnceThereIsRoom = 50;

    public static async Task<int> RunAsync(string file)
    {
        var way = new FakeWay(new Random(1)) { IsOpen = false };
        var options = new RouterOptions
        {
            SpoolFile = file,
            RetryDelay = TimeSpan.FromMilliseconds(20),
            MaxRetryDelay = TimeSpan.FromMilliseconds(200),
            BreakDuration = TimeSpan.FromMilliseconds(500),
        };
        await using var router = MessageRouter.Open(
            new MessageRoutes { Stream = way }, options, TimeProvider.System, NullLogger<MessageRouter>.Instance);
        var (wasFull, number) = (false, 0);
        for (var more = MoreOnceThereIsRoom; more > 0;)
        {
            try
            {
                var outcome = await router.SendAsync(Spool.Message("action.test", "key", number) with { Body = Body(number) });
                if (outcome != RouteOutcome.Spooled)
                {
                    throw new InvalidOperationException($"{number}: {outcome}");
                }

                number++;
                more -= wasFull ? 1 : 0;
            }
            catch (RouteException refusal)
            {
                if (!wasFull)
                {
                    Console.WriteLine($"full {refusal.Message}");
                    wasFull = true;
                }

                await Task.Delay(20);
            }
        }

        way.IsOpen = true;
        while (router.Status[0].Level != RouteLevel.Primary)
        {
            await Task.Delay(20);
        }

        foreach (var message in way.Arrived)
        {
            Console.WriteLine($"arrived {BitConverter.ToInt32(message.Body.Span)}");
        }

        Console.WriteLine($"sent {number}");
        return 0;
    }

    private static byte[] Body(int number)
    {
        var body = new byte[BodyBytes];
        Random.Shared.NextBytes(body);
        BitConverter.TryWriteBytes(body, number);
        return body;
    }
}
