-- Rows that were removed because the stream has lost their messages and whoever writes it makes them again. Said before the first of
-- them goes, and once more when all are gone: a worker that dies in between leaves it to the next one.
CREATE TABLE withdrawals
(
    stream     LowCardinality(String),
    epoch      UInt64,                   -- the newest that had rows: it is over, what comes in their place is of another one
    from_epoch UInt64,                   -- the oldest that may have had some of them
    from_seq   UInt64,
    to_seq     UInt64,
    messages   UInt64,                   -- how many of them had a row
    began_at   DateTime64(3, 'UTC'),
    is_done    UInt8
)
ENGINE = ReplacingMergeTree(is_done)
ORDER BY (stream, epoch, from_seq);
