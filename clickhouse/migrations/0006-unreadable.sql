-- How far the desk had come by the newest row, and how many messages of the stream could not be read, with when they arrived.
ALTER TABLE ticket_changes DROP PROJECTION IF EXISTS floor;
ALTER TABLE ticket_changes ADD PROJECTION IF NOT EXISTS floor_and_unreadable
(
    SELECT stream, max((floor_epoch, floor_seq)), argMax(floor_at, (floor_epoch, floor_seq)),
           countIf(kind = 'unreadable'), minIf(ingested_at, kind = 'unreadable'), maxIf(ingested_at, kind = 'unreadable')
    GROUP BY stream
);
ALTER TABLE ticket_changes MATERIALIZE PROJECTION floor_and_unreadable;
