-- stream-tips: each stream's ledger as numbers that must add up: positions, first rows, rows. Read from projection tip.
SELECT
    stream,
    epoch,
    min(seq) AS first_seq,
    max(seq) AS last_seq,
    countIf(idx = 0) AS messages,
    toString(sumIf(seq, idx = 0)) AS seq_sum,
    sum(events_in_message) AS rows_announced,
    count() AS rows,
    max(ingested_at) AS last_ingested_at
FROM {table: Identifier}
GROUP BY stream, epoch
ORDER BY stream, epoch
