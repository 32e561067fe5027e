-- backlog: tickets neither solved, closed, deleted nor merged, just before the end of the range or bucket.
-- Source: Zendesk Explore "Unsolved tickets", from events instead of a daily snapshot. Over open-tickets.
sum(move.4) AS value
