using Game.Broadcast.RabbitMq;
using Xunit;

namespace Game.Broadcast.Tests;

public sealed class ConfirmWindowTests
{
    [Fact]
    public void Confirms_OfOneAndOfSeveral_TakeEachMessageOnce_WhateverTheirOrder()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var window = new ConfirmWindow<string>();
        var (sent, open) = (0UL, new HashSet<ulong>());
        for (var step = 0; step < 20_000; step++)
        {
            // More is sent than confirmed at first, so that the window has to grow.
            if (random.Next(step < 5_000 ? 10 : 2) > 0)
            {
                Assert.True(window.TryAdd($"{++sent}"));
                open.Add(sent);
                continue;
            }

            var (number, multiple) = ((ulong)random.NextInt64((long)sent + 2), random.Next(50) == 0);
            var expected = open.Where(one => multiple ? one <= number : one == number).Order().Select(one => $"{one}").ToList();
            var taken = new List<string>();
            window.Take(number, multiple, taken.Add);
            Assert.True(expected.SequenceEqual(taken), $"seed {seed}, step {step}");
            open.ExceptWith(taken.Select(ulong.Parse));
        }

        var left = new List<string>();
        window.End(left.Add);
        Assert.Equal(open.Order().Select(one => $"{one}"), left);
    }

    [Fact]
    public void Ended_TakesNothingMore()
    {
        var window = new ConfirmWindow<string>();
        Assert.True(window.TryAdd("one"));
        window.End(_ => { });
        Assert.False(window.TryAdd("two"));
        window.Take(2, multiple: true, _ => Assert.Fail("Nothing is left."));
    }

    [Fact]
    public void Find_GivesTheOldestThatFitsAndIsNotConfirmed()
    {
        var window = new ConfirmWindow<string>();
        foreach (var item in new[] { "a1", "b1", "a2" })
        {
            Assert.True(window.TryAdd(item));
        }

        Assert.Equal("a1", window.Find(item => item[0] == 'a'));
        window.Take(1, multiple: false, _ => { });
        Assert.Equal("a2", window.Find(item => item[0] == 'a'));
        Assert.Null(window.Find(item => item[0] == 'c'));
    }
}
