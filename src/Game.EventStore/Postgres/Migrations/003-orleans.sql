-- What Orleans' ADO.NET providers ask for: they run the texts of OrleansQuery by name, with the parameters named in them.
CREATE TABLE OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);

-- Membership: the version goes up with every change of a row, and a change counts only if it knows the version.
CREATE TABLE orleans_cluster (id text PRIMARY KEY, version int NOT NULL DEFAULT 0, changed_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE orleans_silo (
    cluster text NOT NULL REFERENCES orleans_cluster,
    address text NOT NULL,
    port int NOT NULL,
    generation int NOT NULL,
    name text NOT NULL,
    host text NOT NULL,
    status int NOT NULL,
    proxy_port int NOT NULL,
    suspect_times text,
    start_time timestamptz NOT NULL,
    alive_at timestamptz NOT NULL,
    PRIMARY KEY (cluster, address, port, generation));

-- Reminders; the version is their ETag.
CREATE TABLE orleans_reminder (
    service text NOT NULL,
    grain text NOT NULL,
    name text NOT NULL,
    start_time timestamptz NOT NULL,
    period bigint NOT NULL,
    hash int NOT NULL,
    version int NOT NULL DEFAULT 0,
    PRIMARY KEY (service, grain, name));
CREATE INDEX ON orleans_reminder (service, hash);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $q$
    WITH added AS (INSERT INTO orleans_cluster (id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::int FROM added $q$),
('InsertMembershipKey', $q$
    WITH moved AS (
        UPDATE orleans_cluster SET version = version + 1, changed_at = now()
         WHERE id = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT FROM orleans_silo
             WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING 1),
    added AS (
        INSERT INTO orleans_silo (cluster, address, port, generation, name, host, status, proxy_port, start_time, alive_at)
        SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
          FROM moved
        RETURNING 1)
    SELECT count(*)::int FROM added $q$),
('UpdateMembershipKey', $q$
    WITH moved AS (
        UPDATE orleans_cluster SET version = version + 1, changed_at = now()
         WHERE id = @DeploymentId AND version = @Version AND EXISTS (
            SELECT FROM orleans_silo
             WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING 1),
    changed AS (
        UPDATE orleans_silo SET status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
          FROM moved
         WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING 1)
    SELECT count(*)::int FROM changed $q$),
('UpdateIAmAlivetimeKey', $q$
    UPDATE orleans_silo SET alive_at = @IAmAliveTime
     WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation $q$),
('MembershipReadRowKey', $q$
    SELECT s.address AS Address, s.port AS Port, s.generation AS Generation, s.name AS SiloName, s.host AS HostName,
           s.status AS Status, s.proxy_port AS ProxyPort, s.suspect_times AS SuspectTimes, s.start_time AS StartTime,
           s.alive_at AS IAmAliveTime, c.version AS Version
      FROM orleans_cluster c
      LEFT JOIN orleans_silo s
             ON s.cluster = c.id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
     WHERE c.id = @DeploymentId $q$),
('MembershipReadAllKey', $q$
    SELECT s.address AS Address, s.port AS Port, s.generation AS Generation, s.name AS SiloName, s.host AS HostName,
           s.status AS Status, s.proxy_port AS ProxyPort, s.suspect_times AS SuspectTimes, s.start_time AS StartTime,
           s.alive_at AS IAmAliveTime, c.version AS Version
      FROM orleans_cluster c LEFT JOIN orleans_silo s ON s.cluster = c.id
     WHERE c.id = @DeploymentId $q$),
('GatewaysQueryKey', $q$
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
      FROM orleans_silo WHERE cluster = @DeploymentId AND status = @Status AND proxy_port > 0 $q$),
('DeleteMembershipTableEntriesKey', $q$
    WITH gone AS (DELETE FROM orleans_silo WHERE cluster = @DeploymentId)
    DELETE FROM orleans_cluster WHERE id = @DeploymentId $q$),
('CleanupDefunctSiloEntriesKey', $q$
    -- 6: dead.
    DELETE FROM orleans_silo WHERE cluster = @DeploymentId AND alive_at < @IAmAliveTime AND status = 6 $q$),
('CleanupDefunctSiloEntryKey', $q$
    DELETE FROM orleans_silo
     WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
       AND start_time = @StartTime AND alive_at = @IAmAliveTime AND suspect_times IS NOT DISTINCT FROM @SuspectTimes $q$),
('UpsertReminderRowKey', $q$
    INSERT INTO orleans_reminder AS r (service, grain, name, start_time, period, hash)
    VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash)
    ON CONFLICT (service, grain, name) DO UPDATE
       SET start_time = excluded.start_time, period = excluded.period, hash = excluded.hash, version = r.version + 1
    RETURNING version AS Version $q$),
('ReadReminderRowsKey', $q$
    SELECT grain AS GrainId, name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
      FROM orleans_reminder WHERE service = @ServiceId AND grain = @GrainId $q$),
('ReadReminderRowKey', $q$
    SELECT grain AS GrainId, name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
      FROM orleans_reminder WHERE service = @ServiceId AND grain = @GrainId AND name = @ReminderName $q$),
('ReadRangeRows1Key', $q$
    SELECT grain AS GrainId, name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
      FROM orleans_reminder WHERE service = @ServiceId AND hash > @BeginHash AND hash <= @EndHash $q$),
('ReadRangeRows2Key', $q$
    SELECT grain AS GrainId, name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
      FROM orleans_reminder WHERE service = @ServiceId AND (hash > @BeginHash OR hash <= @EndHash) $q$),
('DeleteReminderRowKey', $q$
    WITH gone AS (
        DELETE FROM orleans_reminder
         WHERE service = @ServiceId AND grain = @GrainId AND name = @ReminderName AND version = @Version
        RETURNING 1)
    SELECT count(*)::int FROM gone $q$),
('DeleteReminderRowsKey', $q$
    DELETE FROM orleans_reminder WHERE service = @ServiceId $q$);
