-- The ledger: one row per event received. A lost part takes its positions with it, so they are read again.
CREATE TABLE events
(
    stream            LowCardinality(String),
    epoch             UInt64,                      -- which instance of the stream: JetStream time of its first message, microseconds
    seq               UInt64,                      -- position in the stream
    idx               UInt32,                      -- place in a batch, from 0
    events_in_message UInt32,                      -- on idx 0 only: rows of this message
    stream_created    DateTime64(6, 'UTC'),        -- identity of the stream, beside the JetStream time
    ingested_at       DateTime64(6, 'UTC'),        -- JetStream time: a replay lands in the same partition
    time              DateTime64(3, 'UTC'),        -- the source's event time; 1970 when unreadable
    source            LowCardinality(String),
    type              LowCardinality(String),
    id                String,
    id_hash           UInt64,
    content_hash      UInt64,                      -- keyed: says nothing about the content without the vault
    disposition       Enum8('accepted' = 1, 'duplicate' = 2, 'rejected' = 3),
    reason            LowCardinality(String),
    ticket_id         String,
    customer_id       String,
    status            LowCardinality(String),
    priority          LowCardinality(String),
    team              LowCardinality(String),
    assignee          LowCardinality(String),
    channel           LowCardinality(String),
    data              String CODEC(ZSTD(1)),       -- JSON; personal fields sealed in "sealed"

    INDEX ingested_at_range ingested_at TYPE minmax GRANULARITY 1,

    -- The tip and the proof of each stream.
    PROJECTION tip
    (
        SELECT stream, epoch, min(seq), max(seq), countIf(idx = 0), sumIf(seq, idx = 0), sum(events_in_message), count(), max(ingested_at)
        GROUP BY stream, epoch
    ),
    -- Totals whose cost does not grow with history.
    PROJECTION by_day
    (
        SELECT toDate(ingested_at), source, disposition, reason, count(), max(time), max(ingested_at),
               maxIf(ingested_at, type = 'source.heartbeat'), argMaxIf(data, ingested_at, type = 'source.heartbeat')
        GROUP BY toDate(ingested_at), source, disposition, reason
    ),
    -- The shape of the recent flow.
    PROJECTION by_minute
    (
        SELECT toStartOfMinute(ingested_at), source, type, disposition, count()
        GROUP BY toStartOfMinute(ingested_at), source, type, disposition
    ),
    -- "Has this id been accepted?" for one batch at a time.
    PROJECTION by_id
    (
        SELECT id_hash, source, id, content_hash, disposition, ingested_at
        ORDER BY id_hash
    )
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (stream, epoch, seq, idx);

-- Positions whose messages are gone for good: permanent, visible, counted.
CREATE TABLE gaps
(
    stream      LowCardinality(String),
    epoch       UInt64,
    from_seq    UInt64,
    to_seq      UInt64,
    reason      Enum8('retention' = 1, 'deleted' = 2, 'erased' = 3, 'lost' = 4),
    detected_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (stream, epoch, from_seq, to_seq);
