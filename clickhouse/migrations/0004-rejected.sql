-- Which rejected events arrived or say they happened in a range: one row each, and one for all the others of a part.
ALTER TABLE events ADD PROJECTION IF NOT EXISTS rejected
(
    SELECT if(disposition = 'rejected', ingested_at, toDateTime64(0, 6, 'UTC')), if(disposition = 'rejected', time, toDateTime64(0, 3, 'UTC')), if(disposition = 'rejected', type, ''), count()
    GROUP BY if(disposition = 'rejected', ingested_at, toDateTime64(0, 6, 'UTC')), if(disposition = 'rejected', time, toDateTime64(0, 3, 'UTC')), if(disposition = 'rejected', type, '')
);
ALTER TABLE events DROP INDEX IF EXISTS rejected_somewhere;
