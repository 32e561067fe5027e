-- Until when figures count that a late change would have moved; from late_at on.
ALTER TABLE ticket_changes ADD COLUMN IF NOT EXISTS late_until DateTime64(3, 'UTC') DEFAULT late_at AFTER late_at;
ALTER TABLE ticket_changes MODIFY COLUMN last_at DateTime64(3, 'UTC') MATERIALIZED arrayMax(arrayConcat([at, first_reply_at, next_reply_at, first_resolution_at, solve_at, reopened_solve_at, late_at, late_until], rating_at));
