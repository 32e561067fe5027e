-- fill-events: events {first} + 1 .. {first} + {events} of {total}, as ingest would have stored them: one a message, evenly
-- between {start} and {end}, of {tickets} tickets; 0.5 % duplicates, 0.1 % rejected. The same parameters give the same rows.
INSERT INTO events
(
    stream, epoch, seq, idx, events_in_message, stream_created, ingested_at, time, source, type, id, id_hash, content_hash,
    disposition, reason, ticket_id, customer_id, status, priority, team, assignee, channel, data
)
SELECT
    'EVENTS' AS stream,
    {epoch: UInt64} AS epoch,
    n + 1 AS seq,
    0 AS idx,
    1 AS events_in_message,
    toDateTime64({start: DateTime64(3, 'UTC')}, 6, 'UTC') AS stream_created,
    toDateTime64(time, 6, 'UTC') + toIntervalMillisecond(200) AS ingested_at,
    {start: DateTime64(3, 'UTC')} + toIntervalMillisecond(intDiv(n * dateDiff('millisecond', {start: DateTime64(3, 'UTC')}, {end: DateTime64(3, 'UTC')}), {total: UInt64})) AS time,
    'bench/history' AS source,
    ['ticket.snapshot', 'ticket.snapshot', 'ticket.message', 'ticket.message', 'interaction.logged'][1 + n_hash % 5] AS type,
    concat('history-', toString(n)) AS id,
    cityHash64(id) AS id_hash,
    sipHash64(id) AS content_hash,
    multiIf(intDiv(n_hash, 5) % 1000 = 0, 'rejected', intDiv(n_hash, 5) % 1000 <= 5, 'duplicate', 'accepted') AS disposition,
    disposition = 'rejected' ? 'unknown-status' : '' AS reason,
    -- An event belongs to a ticket that was opened shortly before it.
    toString(intDiv(n * {tickets: UInt64}, {total: UInt64})) AS ticket_id,
    '' AS customer_id,
    type = 'ticket.snapshot' ? ['new', 'open', 'pending', 'solved'][1 + n_hash % 4] : '' AS status,
    type = 'ticket.snapshot' ? ['', 'low', 'normal', 'high', 'urgent'][1 + intDiv(n_hash, 4) % 5] : '' AS priority,
    type = 'ticket.snapshot' ? concat('team-', toString(intDiv(n_hash, 20) % 20)) : '' AS team,
    type = 'ticket.snapshot' ? concat('agent-', toString(intDiv(n_hash, 400) % 200)) : '' AS assignee,
    type = 'ticket.snapshot' ? 'email' : '' AS channel,
    concat('{"ticket_id":"', ticket_id, '","status":"', status, '","updated_at":"', toString(time), '","sealed":"', base64Encode(hex(sipHash128(n))), '"}') AS data
FROM (SELECT number AS n, cityHash64(number, 7) AS n_hash FROM numbers({first: UInt64}, {events: UInt64}))
