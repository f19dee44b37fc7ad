using System.Net;
using System.Net.Sockets;
using Game.Broadcast.RabbitMq;
using Xunit;

namespace Game.Broadcast.Tests;

public sealed class GatheringStreamTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsWritten_ArrivesInOrder_WhateverItsSize()
    {
        using var pair = await SocketPair.ConnectAsync();
        await using var stream = new GatheringStream(pair.Near);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var written = new byte[8 * 1024 * 1024];
        random.NextBytes(written);
        var writing = Task.Run(
            async () =>
            {
                for (var at = 0; at < written.Length;)
                {
                    // Now and then more than is gathered at a time.
                    var size = Math.Min(random.Next(1, random.Next(50) == 0 ? 2 * GatheringStream.MaxGathered : 700), written.Length - at);
                    await stream.WriteAsync(written.AsMemory(at, size), Cancelled);
                    at += size;
                }
            },
            Cancelled);
        var read = new byte[written.Length];
        await using var far = new NetworkStream(pair.Far);
        await far.ReadExactlyAsync(read, Cancelled);
        await writing;
        Assert.True(written.AsSpan().SequenceEqual(read), $"seed {seed}");
    }

    [Fact]
    public async Task PeerThatReadsNothing_MakesWritesWait_AndThoseOfAClosedOneFail()
    {
        using var pair = await SocketPair.ConnectAsync();
        await using var stream = new GatheringStream(pair.Near);
        var bytes = new byte[GatheringStream.MaxGathered];
        Task waiting;
        do
        {
            waiting = stream.WriteAsync(bytes, Cancelled).AsTask();
        }
        while (await CompletesAsync(waiting));

        pair.Far.Close(timeout: 0);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await waiting;
            while (true)
            {
                await stream.WriteAsync(bytes, Cancelled);
            }
        });

        async Task<bool> CompletesAsync(Task task) => await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(500), Cancelled)) == task;
    }

    private sealed record SocketPair(Socket Near, Socket Far) : IDisposable
    {
        public static async Task<SocketPair> ConnectAsync()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await near.ConnectAsync(listener.LocalEndpoint, Cancelled);
            return new SocketPair(near, await listener.AcceptSocketAsync(Cancelled));
        }

        public void Dispose()
        {
            Near.Dispose();
            Far.Dispose();
        }
    }
}
