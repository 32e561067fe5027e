-- open-withdrawals: withdrawals of rows of a stream that were begun and are not done.
SELECT stream, epoch, from_epoch, from_seq, to_seq, messages, began_at
FROM withdrawals FINAL
WHERE stream = {stream: String} AND is_done = 0
ORDER BY epoch, from_seq
