-- open-tickets: by how much the number of open tickets changed, by bucket, group and whether an assignee was set; everything before
-- the first bucket counts in it, so that a running sum is the state at each bucket's end. A ticket enters at its created_at, under
-- the dimensions first known; any later change leaves with the old ones and enters with the new ones. Months before whole_months
-- and days before whole_days come from projections backlog_by_month and backlog_by_day, what lies behind them from rows: the cost does not grow with history.
FROM
(
    SELECT
        {edges: Array(Int64)}[1] AS created_bucket,
        toStartOfMonth(at) < {whole_months: Date} AS moved,
        true AS is_new,
        {edges: Array(Int64)}[1] AS moved_bucket,
        %by% AS group_after,
        %by_before% AS group_before,
        assignee = '' AS unassigned_after,
        assignee_before = '' AS unassigned_before,
        (%filters%) AS counts_after,
        (%filters_before%) AS counts_before,
        sum(created) AS created_count,
        sum(open_after) AS after_count,
        sum(open_before) AS before_count
    FROM ticket_changes
    WHERE toStartOfMonth(if(created = 1, created_at, at)) < {whole_months: Date}
    GROUP BY moved, group_after, group_before, unassigned_after, unassigned_before, counts_after, counts_before
    UNION ALL
    SELECT
        {edges: Array(Int64)}[1] AS created_bucket,
        toDate(at) < {whole_days: Date} AS moved,
        toDate(if(created = 1, created_at, at)) >= {whole_months: Date} AS is_new,
        {edges: Array(Int64)}[1] AS moved_bucket,
        %by% AS group_after,
        %by_before% AS group_before,
        assignee = '' AS unassigned_after,
        assignee_before = '' AS unassigned_before,
        (%filters%) AS counts_after,
        (%filters_before%) AS counts_before,
        is_new * sum(created) AS created_count,
        sum(open_after) AS after_count,
        sum(open_before) AS before_count
    FROM ticket_changes
    WHERE toDate(at) >= {whole_months: Date}
      AND toDate(if(created = 1, created_at, at)) < {whole_days: Date}
    GROUP BY moved, is_new, group_after, group_before, unassigned_after, unassigned_before, counts_after, counts_before
    UNION ALL
    SELECT
        roundDown(toUnixTimestamp64Milli(created_at), {edges: Array(Int64)}) AS created_bucket,
        at < {to: DateTime64(3, 'UTC')} AS moved,
        true AS is_new,
        roundDown(toUnixTimestamp64Milli(at), {edges: Array(Int64)}) AS moved_bucket,
        %by% AS group_after,
        %by_before% AS group_before,
        assignee = '' AS unassigned_after,
        assignee_before = '' AS unassigned_before,
        (%filters%) AS counts_after,
        (%filters_before%) AS counts_before,
        countIf(created = 1 AND created_at >= toDateTime64({whole_days: Date}, 3, 'UTC')) AS created_count,
        sum(open_after) AS after_count,
        sum(open_before) AS before_count
    FROM ticket_changes
    WHERE indexHint(ingested_at >= toDateTime64({whole_days: Date}, 3, 'UTC') - toIntervalDay(2) AND last_at >= toDateTime64({whole_days: Date}, 3, 'UTC') AND first_at < {to: DateTime64(3, 'UTC')})
      AND at >= toDateTime64({whole_days: Date}, 3, 'UTC')
      AND if(created = 1, created_at, at) < {to: DateTime64(3, 'UTC')}
      AND (created = 1 OR open_after = 1 OR open_before = 1)
    GROUP BY created_bucket, moved, moved_bucket, group_after, group_before, unassigned_after, unassigned_before, counts_after, counts_before
)
ARRAY JOIN [
    (created_bucket, group_after, unassigned_after, counts_after * toInt64(created_count)),
    (moved_bucket, group_after, unassigned_after, moved * counts_after * toInt64(after_count)),
    (moved_bucket, group_before, unassigned_before, -moved * counts_before * toInt64(before_count))
] AS move
