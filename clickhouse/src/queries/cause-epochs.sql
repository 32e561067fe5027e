-- cause-epochs: the instances of EVENTS that changes name as their cause, with the range of positions.
SELECT cause_epoch AS epoch, min(cause_seq) AS first_seq, max(cause_seq) AS last_seq, count() AS changes
FROM ticket_changes
WHERE cause_epoch != 0
GROUP BY cause_epoch
ORDER BY cause_epoch
