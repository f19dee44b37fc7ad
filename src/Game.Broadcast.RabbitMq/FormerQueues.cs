namespace Game.Broadcast.RabbitMq;

/// <summary>
/// Queues of the builds that gave each queue a queue of dead letters and one of failures beside it. They go once they are empty; silos of
/// such a build that still run put them back and consume them. Safe for concurrent use.
/// </summary>
internal sealed class FormerQueues(Topology topology, QueueReader reader, DeadLetterQueue deadLetters)
{
    /// <param name="queues">In the order in which they were declared.</param>
    /// <param name="successor">The queue whose dead letters theirs become.</param>
    /// <returns>Those that hold something, or that somebody consumes.</returns>
    public async Task<IReadOnlyList<string>> RetireAsync(IReadOnlyList<QueueDeclaration> queues, string successor)
    {
        // The first that was made of all, and the last one that goes: usually there is none, and one look tells.
        if (await topology.LookAsync(DeadLettersOf(queues[0].Name)) is null)
        {
            return [];
        }

        var left = new List<string>();
        foreach (var queue in queues.Reverse())
        {
            deadLetters.Succeed(queue.Name, successor);
            var state = await topology.LookAsync(queue.Name);
            if (state is { Consumers: > 0 })
            {
                // Of a silo that still runs. It would bind it again.
                left.Insert(0, queue.Name);
            }
            else if (state is { Ready: > 0 } && !queue.Transient)
            {
                // Else it would not run empty where much is said.
                await topology.UnbindAsync(queue);
                left.Insert(0, queue.Name);
            }
            else if (left.Count == 0 || queue != queues[0])
            {
                await DeleteAsync(queue.Name, successor);
            }
        }

        return left;
    }

    private static string DeadLettersOf(string queue) => $"{queue}.dead";

    private async Task DeleteAsync(string queue, string successor)
    {
        await topology.DeleteAsync(queue);
        await topology.DeleteAsync($"{queue}.failures");
        if (await topology.LookAsync(DeadLettersOf(queue)) is not null)
        {
            await reader.ReadAsync(DeadLettersOf(queue), async buried =>
            {
                await deadLetters.TakeOverAsync(successor, buried);
                return Look.Remove;
            });
            await topology.DeleteAsync(DeadLettersOf(queue));
        }
    }
}
