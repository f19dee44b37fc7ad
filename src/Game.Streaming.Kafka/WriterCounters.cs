namespace Game.Streaming.Kafka;

/// <summary>
/// What became of the records given to a writer. <c>Accepted = Confirmed + Failed + Unknown + Queued</c> at every moment.
/// </summary>
/// <param name="Accepted">Taken into the queue.</param>
/// <param name="Confirmed">Stored by all replicas in sync.</param>
/// <param name="Failed">Certainly not stored.</param>
/// <param name="Unknown">Not confirmed, and may be stored all the same.</param>
/// <param name="Queued">Not confirmed yet.</param>
/// <param name="QueuedBytes">Their size.</param>
/// <param name="Refused">Never taken: the queue was full, or the record was too large.</param>
public readonly record struct WriterCounters(
    long Accepted, long Confirmed, long Failed, long Unknown, long Queued, long QueuedBytes, long Refused);
