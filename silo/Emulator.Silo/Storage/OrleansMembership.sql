-- What Orleans' AdoNet clustering provider needs of a PostgreSQL database: the list of a cluster's silos, a version that
-- rises with every change of that list, and the statements themselves, which the provider loads by their keys.
-- May be applied again at any time; PostgresSchema does so at each start, one silo at a time.

CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row a cluster. A writer names the version that it has read; it loses when another has written since.
CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable
(
    DeploymentId text        PRIMARY KEY,
    Version      integer     NOT NULL DEFAULT 0,
    Timestamp    timestamptz NOT NULL DEFAULT now()
);

-- One row a life of a silo: its generation tells lives at one address apart.
-- Status: 1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead.
-- ProxyPort: where clients connect; 0 where they do not. SuspectTimes: who has voted it dead, and when.
CREATE TABLE IF NOT EXISTS OrleansMembershipTable
(
    DeploymentId text        NOT NULL REFERENCES OrleansMembershipVersionTable,
    Address      text        NOT NULL,
    Port         integer     NOT NULL,
    Generation   integer     NOT NULL,
    SiloName     text        NOT NULL,
    HostName     text        NOT NULL,
    Status       integer     NOT NULL,
    ProxyPort    integer     NOT NULL,
    SuspectTimes text,
    StartTime    timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES

-- The cluster's first version, where it has none. One row: whether it was made now.
('InsertMembershipVersionKey', $statement$
    WITH made AS
    (
        INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId)
        ON CONFLICT DO NOTHING
        RETURNING DeploymentId
    )
    SELECT EXISTS (SELECT FROM made)
$statement$),

-- A new life of a silo, where the version is the one that was read. One row: whether it was written.
-- Of two writers with one version the second waits for the first's row lock, and then finds no row of its version.
('InsertMembershipKey', $statement$
    WITH risen AS
    (
        UPDATE OrleansMembershipVersionTable AS cluster
        SET Version = Version + 1, Timestamp = now()
        WHERE DeploymentId = @DeploymentId AND Version = @Version AND NOT EXISTS
        (
            SELECT FROM OrleansMembershipTable AS silo
            WHERE silo.DeploymentId = cluster.DeploymentId AND Address = @Address AND Port = @Port
                AND Generation = @Generation
        )
        RETURNING DeploymentId
    ),
    written AS
    (
        INSERT INTO OrleansMembershipTable
            (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime,
            @IAmAliveTime
        FROM risen
        RETURNING DeploymentId
    )
    SELECT EXISTS (SELECT FROM written)
$statement$),

-- A silo's new status and votes, where the version is the one that was read. One row: whether it was written.
('UpdateMembershipKey', $statement$
    WITH risen AS
    (
        UPDATE OrleansMembershipVersionTable AS cluster
        SET Version = Version + 1, Timestamp = now()
        WHERE DeploymentId = @DeploymentId AND Version = @Version AND EXISTS
        (
            SELECT FROM OrleansMembershipTable AS silo
            WHERE silo.DeploymentId = cluster.DeploymentId AND Address = @Address AND Port = @Port
                AND Generation = @Generation
        )
        RETURNING DeploymentId
    ),
    written AS
    (
        UPDATE OrleansMembershipTable AS silo
        SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
        FROM risen
        WHERE silo.DeploymentId = risen.DeploymentId AND Address = @Address AND Port = @Port
            AND Generation = @Generation
        RETURNING silo.DeploymentId
    )
    SELECT EXISTS (SELECT FROM written)
$statement$),

-- A sign of life. It is no change of the list: the version stays.
('UpdateIAmAlivetimeKey', $statement$
    UPDATE OrleansMembershipTable
    SET IAmAliveTime = @IAmAliveTime
    WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
$statement$),

-- The version beside one silo; where the silo is unknown, the version beside nulls.
('MembershipReadRowKey', $statement$
    SELECT Version, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes, StartTime,
        IAmAliveTime
    FROM OrleansMembershipVersionTable AS cluster
    LEFT JOIN OrleansMembershipTable AS silo
        ON silo.DeploymentId = cluster.DeploymentId AND Address = @Address AND Port = @Port
            AND Generation = @Generation
    WHERE cluster.DeploymentId = @DeploymentId
$statement$),

-- The version beside each silo; where there is none, the version beside nulls.
('MembershipReadAllKey', $statement$
    SELECT Version, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes, StartTime,
        IAmAliveTime
    FROM OrleansMembershipVersionTable AS cluster
    LEFT JOIN OrleansMembershipTable AS silo ON silo.DeploymentId = cluster.DeploymentId
    WHERE cluster.DeploymentId = @DeploymentId
    ORDER BY Address, Port, Generation
$statement$),

-- Where clients may connect.
('GatewaysQueryKey', $statement$
    SELECT Address, ProxyPort, Generation
    FROM OrleansMembershipTable
    WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
$statement$),

-- Forget the dead whose last sign of life is older than that.
('CleanupDefunctSiloEntriesKey', $statement$
    DELETE FROM OrleansMembershipTable
    WHERE DeploymentId = @DeploymentId AND Status = 6 AND IAmAliveTime < @IAmAliveTime
$statement$),

-- Forget the cluster.
('DeleteMembershipTableEntriesKey', $statement$
    DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId;
    DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId
$statement$)

ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText
WHERE OrleansQuery.QueryText <> excluded.QueryText;
