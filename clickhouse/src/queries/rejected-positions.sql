-- rejected-positions: where the rejected events of sources that begin with {prefix} stand: the names under which they lie in quarantine.
SELECT stream, epoch, seq, idx
FROM events
WHERE disposition = 'rejected' AND startsWith(source, {prefix: String})
ORDER BY stream, epoch, seq, idx
