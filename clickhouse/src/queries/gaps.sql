-- gaps: positions that are gone for good, in order and each of them once: where two gaps overlap the later one begins behind the other.
SELECT stream, epoch, greatest(begins, reached + 1) AS from_seq, to_seq, first_reason AS reason, first_at AS detected_at
FROM
(
    SELECT
        stream, epoch, begins, to_seq, first_reason, first_at,
        max(to_seq) OVER (PARTITION BY stream, epoch ORDER BY begins, to_seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM
    (
        SELECT stream, epoch, from_seq AS begins, to_seq, argMin(reason, detected_at) AS first_reason, min(detected_at) AS first_at
        FROM gaps
        GROUP BY stream, epoch, begins, to_seq
    )
)
WHERE to_seq > reached
ORDER BY stream, epoch, from_seq
