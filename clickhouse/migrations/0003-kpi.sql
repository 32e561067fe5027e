-- What KPIs read. All of it lies inside the parts of ticket_changes: it is stored with the row or not at all.

-- Between which event times a row counts for any KPI. No event is more than a day ahead of its arrival (read-event.ts), so
-- partitions bound a range from below and these bound it granule by granule.
ALTER TABLE ticket_changes ADD COLUMN IF NOT EXISTS first_at DateTime64(3, 'UTC') MATERIALIZED arrayMin(arrayFilter(time -> time > toDateTime64(0, 3, 'UTC'), arrayConcat([if(toUnixTimestamp64Milli(at) > 0, at, toDateTime64(ingested_at, 3, 'UTC')), if(created = 1, created_at, at), first_reply_at, next_reply_at, first_resolution_at, solve_at, reopened_solve_at, late_at], rating_at)));
ALTER TABLE ticket_changes ADD COLUMN IF NOT EXISTS last_at DateTime64(3, 'UTC') MATERIALIZED arrayMax(arrayConcat([at, first_reply_at, next_reply_at, first_resolution_at, solve_at, reopened_solve_at, late_at], rating_at));
ALTER TABLE ticket_changes ADD INDEX IF NOT EXISTS first_at_range first_at TYPE minmax GRANULARITY 1;
ALTER TABLE ticket_changes ADD INDEX IF NOT EXISTS last_at_range last_at TYPE minmax GRANULARITY 1;

-- Backlog: whole UTC months and days as sums of what came and went, by the dimensions of both sides. A creation counts from
-- created_at on, the rest of the row from `at` on, which is never earlier.
ALTER TABLE ticket_changes ADD PROJECTION IF NOT EXISTS backlog_by_month
(
    SELECT toStartOfMonth(at), toStartOfMonth(if(created = 1, created_at, at)), team, priority, assignee = '', team_before, priority_before, assignee_before = '', channel, channel_before, source,
           sum(created), sum(open_after), sum(open_before)
    GROUP BY toStartOfMonth(at), toStartOfMonth(if(created = 1, created_at, at)), team, priority, assignee = '', team_before, priority_before, assignee_before = '', channel, channel_before, source
);
ALTER TABLE ticket_changes ADD PROJECTION IF NOT EXISTS backlog_by_day
(
    SELECT toDate(at), toDate(if(created = 1, created_at, at)), team, priority, assignee = '', team_before, priority_before, assignee_before = '', channel, channel_before, source,
           sum(created), sum(open_after), sum(open_before)
    GROUP BY toDate(at), toDate(if(created = 1, created_at, at)), team, priority, assignee = '', team_before, priority_before, assignee_before = '', channel, channel_before, source
);

-- How far the desk had come by the newest row, and what came too late.
ALTER TABLE ticket_changes ADD PROJECTION IF NOT EXISTS floor
(
    SELECT stream, max((floor_epoch, floor_seq)), argMax(floor_at, (floor_epoch, floor_seq))
    GROUP BY stream
);

-- Which rejected events happened in a range: parts of the ledger without any are skipped.
ALTER TABLE events ADD INDEX IF NOT EXISTS rejected_somewhere disposition TYPE set(3) GRANULARITY 1;
