using Game.Broadcast.RabbitMq;
using Xunit;

namespace Game.Broadcast.Tests;

public sealed class SendWindowTests
{
    private const int Largest = 4096;

    /// <summary>A publisher that always has more, and a broker that takes one message after the other.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(1_000)]
    [InlineData(100)]
    [InlineData(25)]
    public async Task HoweverFastTheBroker_ItAlwaysHasSomethingToDo_AndConfirmsWithinSeconds(int perSecond)
    {
        var window = new SendWindow(Largest);
        var (sent, late) = (new Queue<double>(), new List<double>());
        var now = 0.0;
        for (var message = 0; message < 20_000; message++)
        {
            while (sent.Count < window.Size)
            {
                Assert.True(await window.EnterAsync());
                sent.Enqueue(now);
            }

            now += 1.0 / perSecond;
            var took = now - sent.Dequeue();
            window.Leave(TimeSpan.FromSeconds(took));
            if (message > 2_000)
            {
                late.Add(took);
            }
        }

        Assert.InRange(late.Max(), 0, 1.1);
        Assert.InRange(window.Size, 16, Largest);
        Assert.True(perSecond < 20_000 || window.Size > 4_000, $"{window.Size} of a broker that is never late");
    }

    [Fact]
    public async Task LateConfirms_HalveItOnceARoundTrip_AndDownToSixteen()
    {
        var window = new SendWindow(Largest);
        var sizes = new List<int> { window.Size };
        for (var message = 0; message < 500; message++)
        {
            Assert.True(await window.EnterAsync());
            window.Leave(TimeSpan.FromSeconds(3));
            if (window.Size != sizes[^1])
            {
                sizes.Add(window.Size);
            }
        }

        Assert.Equal([64, 32, 16], sizes);
    }

    [Fact]
    public async Task FewerThanMayBe_DoNotMakeItGrow()
    {
        var window = new SendWindow(Largest);
        for (var message = 0; message < 1_000; message++)
        {
            Assert.True(await window.EnterAsync());
            window.Leave(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(64, window.Size);
    }

    [Fact]
    public async Task Full_LetsTheNextWait_UntilAPlaceIsFree_OrItIsClosed()
    {
        var window = new SendWindow(2);
        Assert.True(await window.EnterAsync());
        Assert.True(await window.EnterAsync());
        var third = window.EnterAsync();
        Assert.False(third.IsCompleted);
        window.Leave(null);
        Assert.True(await third);

        var fourth = window.EnterAsync();
        Assert.False(fourth.IsCompleted);
        window.Close();
        Assert.False(await fourth);
        Assert.False(await window.EnterAsync());
    }
}
