-- unassigned: tickets of the backlog without an assignee, just before the end of the range or bucket.
-- Source: Zendesk Explore "Unassigned unsolved tickets". Over open-tickets.
sumIf(move.4, move.3) AS value
