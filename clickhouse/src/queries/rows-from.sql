-- rows-from: how many messages have a row from a position on, in epochs {from_epoch} to {epoch}, and the last of them.
SELECT countIf(idx = 0) AS messages, max(seq) AS to_seq
FROM {table: Identifier}
WHERE stream = {stream: String} AND epoch BETWEEN {from_epoch: UInt64} AND {epoch: UInt64} AND seq >= {from_seq: UInt64}
