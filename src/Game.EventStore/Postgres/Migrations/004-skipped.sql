-- Positions that no event gets: those after `after` up to `until`. A database that was restored to an earlier moment skips the
-- positions of what happened after it, for other shards remember messages by them.
CREATE TABLE skipped (after bigint PRIMARY KEY, until bigint NOT NULL UNIQUE CHECK (until > after));

-- As before (001-events.sql), but for `base`.
CREATE OR REPLACE FUNCTION append_events(
    streams text[], expected bigint[],
    commit_append int[], commit_ids text[], commit_fingerprints text[], commit_first bigint[], commit_last bigint[],
    event_append int[], event_command_ids text[], event_at_ticks bigint[], event_types text[], event_schema_versions int[],
    event_bodies bytea[],
    OUT base bigint, OUT heads bigint[], OUT duplicates int[])
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    ids bigint[];
    accepted boolean[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('append_events'));

    SELECT array_agg(s.id ORDER BY a.i),
           array_agg(coalesce((SELECT max(e.version) FROM event e WHERE e.stream = s.id), 0) ORDER BY a.i)
      INTO ids, heads
      FROM unnest(streams) WITH ORDINALITY AS a (name, i) LEFT JOIN stream s ON s.name = a.name;

    SELECT array_agg(d.first ORDER BY a.i)
      INTO duplicates
      FROM generate_subscripts(streams, 1) AS a (i)
      LEFT JOIN (
          SELECT c.append, min(c.i)::int AS first
            FROM unnest(commit_append, commit_ids) WITH ORDINALITY AS c (append, id, i)
           WHERE EXISTS (SELECT FROM command k WHERE k.stream = ids[c.append] AND k.command_id = c.id)
           GROUP BY c.append) AS d ON d.append = a.i;

    SELECT array_agg(duplicates[a.i] IS NULL AND heads[a.i] = expected[a.i] ORDER BY a.i)
      INTO accepted
      FROM generate_subscripts(streams, 1) AS a (i);

    SELECT greatest((SELECT coalesce(max(position), 0) FROM event), (SELECT coalesce(max(until), 0) FROM skipped)) INTO base;

    IF array_position(ids, NULL) IS NOT NULL THEN
        INSERT INTO stream (name)
        SELECT a.name FROM unnest(streams) WITH ORDINALITY AS a (name, i) WHERE ids[a.i] IS NULL AND accepted[a.i];

        SELECT array_agg(s.id ORDER BY a.i)
          INTO ids
          FROM unnest(streams) WITH ORDINALITY AS a (name, i) LEFT JOIN stream s ON s.name = a.name;
    END IF;

    INSERT INTO event (position, stream, version, command_id, at_ticks, type, schema_version, body)
    SELECT base + row_number() OVER (ORDER BY e.i), ids[e.append],
           heads[e.append] + row_number() OVER (PARTITION BY e.append ORDER BY e.i),
           e.command_id, e.at_ticks, e.type, e.schema_version, e.body
      FROM unnest(event_append, event_command_ids, event_at_ticks, event_types, event_schema_versions, event_bodies)
           WITH ORDINALITY AS e (append, command_id, at_ticks, type, schema_version, body, i)
     WHERE accepted[e.append];

    INSERT INTO command (stream, command_id, fingerprint, first_version, last_version)
    SELECT ids[c.append], c.id, c.fingerprint, heads[c.append] + c.first, heads[c.append] + c.last
      FROM unnest(commit_append, commit_ids, commit_fingerprints, commit_first, commit_last)
           AS c (append, id, fingerprint, first, last)
     WHERE accepted[c.append];
END
$$;
