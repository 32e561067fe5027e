-- gaps: positions that are gone for good, oldest first.
SELECT stream, epoch, from_seq, to_seq, reason, min(detected_at) AS detected_at
FROM gaps
GROUP BY stream, epoch, from_seq, to_seq, reason
ORDER BY stream, epoch, from_seq
