using System.Diagnostics.Metrics;
using System.Text;
using Game.LocalServers;
using RabbitMQ.Client;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>What is declared, and what is done with what does not fit.</summary>
public sealed class RabbitMqTopologyTests(RabbitMqFixture shared) : RabbitMqFaultCase
{
    [Fact]
    public async Task Declaration_OfWhatExistsOtherwise_NamesBothSides()
    {
        var broker = await shared.GetAsync();
        await MeddleAsync(broker.Address, async channel =>
        {
            await channel.ExchangeDeclareAsync($"direct-{Name}", ExchangeType.Direct, durable: true, cancellationToken: Cancelled);
            await channel.QueueDeclareAsync(Name, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancelled);
        });
        await using var bus = await OpenAsync(broker.Address);

        var queue = await Assert.ThrowsAsync<BroadcastException>(() => DeclareAsync(bus));
        Assert.Matches($"Queue {Name} exists with (x-queue-type .*classic.*; .*quorum|x-[a-z-]+ none; .*[0-9a-z]+).* was declared", queue.Message);
        var exchange = await Assert.ThrowsAsync<BroadcastException>(() => bus.DeclareQueueAsync(
            new QueueDeclaration($"other-{Name}", [new QueueBinding($"direct-{Name}", "#")]), Cancelled).AsTask());
        Assert.Matches($"Exchange direct-{Name} exists with type '?direct'?; '?topic'? was declared", exchange.Message);
        var publish = await Assert.ThrowsAsync<BroadcastException>(() => bus.PublishAsync(
            new("1", $"direct-{Name}", "a", "s01", 1, "guild/x", "guild.test", 1, default), Cancelled).AsTask());
        Assert.Contains("direct", publish.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MessageThatNoQueueIsBoundFor_IsConfirmed_AndCounted()
    {
        var broker = await shared.GetAsync();
        var returned = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "broadcast.returned")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (tags[0].Value as string == Exchanges.World)
            {
                Interlocked.Add(ref returned, count);
            }
        });
        listener.Start();
        await using var bus = await OpenAsync(broker.Address);
        for (var i = 0; i < 20; i++)
        {
            await bus.PublishAsync(new($"{i}", Exchanges.World, $"nobody-{Name}", "s01", 1, "guild/x", "guild.test", 1, default), Cancelled);
        }

        await UntilAsync(() => Interlocked.Read(ref returned) >= 20, () => $"{Interlocked.Read(ref returned)} of 20 were counted.");
        Assert.Null(bus.Health.Trouble);
    }

    [Fact]
    public async Task Poison_BecomesADeadLetterWithItsReason_AndTheQueueGoesOn()
    {
        var broker = await shared.GetAsync();
        await using var bus = await OpenAsync(broker.Address);
        await DeclareAsync(bus);
        await MeddleAsync(broker.Address, async channel =>
        {
            await channel.BasicPublishAsync("", Name, false, Properties(), new byte[BroadcastMessage.MaxBodyBytes + 1], Cancelled);
            var noSource = Properties();
            noSource.Headers!.Remove("source-shard");
            await channel.BasicPublishAsync("", Name, false, noSource, Encoding.UTF8.GetBytes("{}"), Cancelled);
            var wrongType = Properties();
            wrongType.Headers!["source-position"] = "three";
            await channel.BasicPublishAsync("", Name, false, wrongType, Encoding.UTF8.GetBytes("{}"), Cancelled);
            await channel.BasicPublishAsync("", Name, Encoding.UTF8.GetBytes("hello"), Cancelled);
        });

        var sources = new Sources(bus, Exchanges.World, Name, 1, 10);
        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);
        await sources.PublishAsync(Cancelled);
        await sources.ReceivedAsync(10);

        // What was published on another connection may come later.
        await UntilAsync(async () => (await bus.GetDepthAsync(Name, Cancelled)).DeadLetters == 4, "Not all are dead letters.");
        var letters = await bus.ListDeadLettersAsync(Name, 0, 10, Cancelled);
        Assert.Equal(
            [
                $"The body has {BroadcastMessage.MaxBodyBytes + 1} bytes; at most {BroadcastMessage.MaxBodyBytes} are taken.",
                "The message has no source-shard.",
                "The message has no source-position.",
                "The message has no message-id.",
            ],
            letters.Select(letter => letter.Reason));
        Assert.Equal(BroadcastMessage.MaxBodyBytes + 1, letters[0].Message.Body.Length);
        Assert.All(letters, letter => Assert.Equal(1, letter.Deliveries));

        Assert.True(await bus.DiscardDeadLetterAsync(Name, letters[1].Id, Cancelled));
        Assert.False(await bus.DiscardDeadLetterAsync(Name, letters[1].Id, Cancelled));
        await UntilAsync(async () => (await bus.GetDepthAsync(Name, Cancelled)).DeadLetters == 3, "Not all others are left.");
    }

    [Fact]
    public async Task Tls_ChecksTheCertificate_AndShowsItsOwn()
    {
        await shared.GetAsync();
        using var certificates = new TestCertificates();
        await using var broker = await RabbitMqServer.StartAsync(
            Cancelled, setup: new RabbitMqSetup { Tls = certificates.Server, AsksForCertificates = true });
        var address = new Uri($"amqps://guest:guest@localhost:{broker.TlsPort}/");

        await using (var bus = await OpenAsync(address, options => options with
        {
            CaFile = certificates.Authority,
            ClientCertificateFile = certificates.Client,
            ClientKeyFile = certificates.ClientKey,
        }))
        {
            await DeclareAsync(bus);
            await bus.PublishAsync(new("1", Exchanges.World, Name, "s01", 1, "guild/x", "guild.test", 1, default), Cancelled);
            await UntilAsync(async () => (await bus.GetDepthAsync(Name, Cancelled)).Ready == 1, "It is not there.");
        }

        // No certificate; one that another authority has signed; a name that the certificate is not for; an authority nobody trusts.
        await RefusedAsync(address, certificates.Authority, null, null);
        await RefusedAsync(address, certificates.OtherAuthority, certificates.Client, certificates.ClientKey);
        await RefusedAsync(new Uri($"amqps://guest:guest@127.0.0.1:{broker.TlsPort}/"), certificates.Authority, certificates.Client, certificates.ClientKey);
        await RefusedAsync(address, null, certificates.Client, certificates.ClientKey);
        var missing = await Assert.ThrowsAsync<BroadcastException>(() => OpenAsync(address, options => options with { CaFile = "/nowhere.pem" }));
        Assert.Contains("/nowhere.pem cannot be used as a certificate", missing.Message, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(Uri address, string? authority, string? certificate, string? key) =>
        await Assert.ThrowsAsync<BroadcastException>(() => OpenAsync(
            address, options => options with { CaFile = authority, ClientCertificateFile = certificate, ClientKeyFile = key }));

    private static BasicProperties Properties() => new()
    {
        MessageId = "s01/1/0",
        Type = "guild.test",
        Persistent = true,
        Headers = new Dictionary<string, object?>
        {
            ["source-shard"] = "s01",
            ["source-position"] = 1L,
            ["source-stream"] = "guild/x",
            ["schema-version"] = 1,
        },
    };
}
