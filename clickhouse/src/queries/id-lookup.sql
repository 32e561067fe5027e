-- id-lookup: accepted events behind these hashes, oldest wins; the caller compares source and id whole. Read from projection by_id.
SELECT source, id, toString(argMin(content_hash, ingested_at)) AS content_hash
FROM events
WHERE id_hash IN {hashes: Array(UInt64)} AND disposition = 'accepted'
GROUP BY source, id
