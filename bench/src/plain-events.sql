-- What a user would make for the same rows: the columns of `events`, without its projections and its index.
CREATE TABLE plain_events
(
    stream            LowCardinality(String),
    epoch             UInt64,
    seq               UInt64,
    idx               UInt32,
    events_in_message UInt32,
    stream_created    DateTime64(6, 'UTC'),
    ingested_at       DateTime64(6, 'UTC'),
    time              DateTime64(3, 'UTC'),
    source            LowCardinality(String),
    type              LowCardinality(String),
    id                String,
    id_hash           UInt64,
    content_hash      UInt64,
    disposition       Enum8('accepted' = 1, 'duplicate' = 2, 'rejected' = 3),
    reason            LowCardinality(String),
    ticket_id         String,
    customer_id       String,
    status            LowCardinality(String),
    priority          LowCardinality(String),
    team              LowCardinality(String),
    assignee          LowCardinality(String),
    channel           LowCardinality(String),
    data              String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (stream, epoch, seq, idx)
