-- What became of rejected events: the row of the event that settles one names it, <stream>.<epoch>.<seq>.<idx>. Its own row stays as it is.
ALTER TABLE events ADD COLUMN IF NOT EXISTS settles String DEFAULT '';

-- Everything that was settled, and where and how: a row for each, and one for all the others of a part.
ALTER TABLE events ADD PROJECTION IF NOT EXISTS settled
(
    SELECT settles, min((epoch, seq)), min(ingested_at), argMin(type, ingested_at), argMin(disposition, ingested_at)
    GROUP BY settles
);
