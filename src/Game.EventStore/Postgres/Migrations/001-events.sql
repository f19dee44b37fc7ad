-- Names are compared byte by byte, whatever the database's collation.
CREATE TABLE stream (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE);

-- unique (stream, version) is the fence: whatever a silo believes, a version of a stream is stored once.
CREATE TABLE event (
    position bigint PRIMARY KEY,
    stream bigint NOT NULL,
    version bigint NOT NULL,
    command_id text COLLATE "C" NOT NULL,
    at_ticks bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    schema_version int NOT NULL,
    body bytea NOT NULL,
    UNIQUE (stream, version));

CREATE TABLE command (
    stream bigint NOT NULL,
    command_id text COLLATE "C" NOT NULL,
    fingerprint text NOT NULL,
    first_version bigint NOT NULL,
    last_version bigint NOT NULL,
    PRIMARY KEY (stream, command_id));

CREATE TABLE snapshot (
    stream text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    format text NOT NULL,
    at_ticks bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (stream, version));

CREATE TABLE cursor (name text COLLATE "C" PRIMARY KEY, position bigint NOT NULL);

CREATE TABLE item (
    collection text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (collection, key));

-- Appends to several streams, each all or nothing, in one round trip: a silo that halts leaves no transaction open.
-- Each stream occurs once. The arrays describe appends (streams, expected), their commits (commit_*; first and last count
-- the commit's events within its append, from 1) and their events (event_*); *_append is an index into the appends.
--
-- heads: the streams' versions before. duplicates: index of an append's first commit that is known already, or null. An
-- append is stored if it has no duplicate and its head is the expected one; events of those get the positions after base,
-- in the order given.
--
-- Plans are kept, and those made while tables are small would read them whole ever after: only index lookups are allowed.
--
-- The lock makes positions appear in their order: it is held until the transaction has ended, so that nobody sees a
-- position before a smaller one.
CREATE FUNCTION append_events(
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

    SELECT coalesce(max(position), 0) INTO base FROM event;

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
