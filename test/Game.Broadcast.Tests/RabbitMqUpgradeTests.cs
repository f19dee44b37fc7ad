using System.Text;
using Game.Broadcast.Suite;
using Game.LocalServers;
using RabbitMQ.Client;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>Queues as builds made them that gave each a queue of dead letters and one of failures beside it.</summary>
public sealed class RabbitMqUpgradeTests(RabbitMqFixture broker) : UpgradeSuite
{
    protected override ValueTask<IBroadcastBus> OpenAsync() => broker.OpenAsync();

    protected override async ValueTask LetPassAsync(TimeSpan time) => await Task.Delay(time);

    protected override Task DeclareFormerAsync(QueueDeclaration queue) => UseAsync(async channel =>
    {
        await DeclareAsync(channel, $"{queue.Name}.dead", []);
        await DeclareAsync(channel, $"{queue.Name}.failures", new() { ["x-max-length"] = 1 });
        await DeclareAsync(channel, queue.Name, new() { ["x-delivery-limit"] = 1_000_000 + queue.DeliveryLimit, ["x-single-active-consumer"] = true });
        foreach (var (exchange, pattern) in queue.Bindings)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, cancellationToken: Cancelled);
            await channel.QueueBindAsync(queue.Name, exchange, pattern, cancellationToken: Cancelled);
        }
    });

    [Fact]
    public async Task RetireQueues_MovesLettersOfTheirOwnQueue_AndLeavesNoneOfTheThree()
    {
        await DeclareFormerAsync(Former("old"));
        await DeclareFormerAsync(Former("older"));
        await UseAsync(async channel => await channel.BasicPublishAsync("", $"{Queue("older")}.dead", mandatory: true, Buried(), Encoding.UTF8.GetBytes("{}"), Cancelled));
        await DeclareAsync();

        Assert.Empty(await RetireAsync("old", "older"));
        var letter = Assert.Single(await DeadLettersAsync());
        Assert.Equal((77, "s02/9/0", "no such type", 5), (letter.Id, letter.Message.Id, letter.Reason, letter.Deliveries));
        Assert.True(await Bus.DiscardDeadLetterAsync(Queue(), 77, Cancelled));
        Assert.DoesNotContain(await NamesAsync(), name => name.StartsWith("old", StringComparison.Ordinal) && name.Contains(Scope, StringComparison.Ordinal));
    }

    /// <summary>A start that gave up half-way, as they did with many shards, has left the first of a queue's three.</summary>
    [Fact]
    public async Task RetireQueues_OfADeclarationThatGaveUpHalfWay_LeavesNothing()
    {
        await DeclareFormerAsync(Former("old"));
        await UseAsync(channel => DeclareAsync(channel, $"{Queue("older")}.dead", []));
        await DeclareAsync();

        Assert.Empty(await RetireAsync("old", "older"));
        Assert.DoesNotContain(await NamesAsync(), name => name.StartsWith("old", StringComparison.Ordinal) && name.Contains(Scope, StringComparison.Ordinal));
    }

    private string Scope => Queue("")[1..];

    private async Task<IReadOnlyList<string>> NamesAsync()
    {
        RabbitMqServer server = await broker.GetAsync();
        return (await server.ControlAsync("list_queues", "name")).Split('\n');
    }

    private async Task UseAsync(Func<IChannel, Task> use)
    {
        await using var connection = await new ConnectionFactory { Uri = (await broker.GetAsync()).Address }.CreateConnectionAsync(Cancelled);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancelled);
        await use(channel);
    }

    private static Task DeclareAsync(IChannel channel, string name, Dictionary<string, object?> arguments)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Cancelled);
    }

    private static BasicProperties Buried() => new()
    {
        MessageId = "s02/9/0",
        Type = "guild.test",
        Persistent = true,
        Headers = new Dictionary<string, object?>
        {
            ["source-shard"] = "s02",
            ["source-position"] = 9L,
            ["source-stream"] = "guild/x",
            ["schema-version"] = 1,
            ["first-exchange"] = Exchanges.Guild,
            ["first-routing-key"] = "guild.member.s01.joined",
            ["dead-id"] = 77L,
            ["dead-reason"] = "no such type",
            ["dead-deliveries"] = 5,
        },
    };
}
