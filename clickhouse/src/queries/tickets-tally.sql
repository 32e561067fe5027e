-- tickets-tally: changes of tickets, and what the current rows say there should be: versions are 1..n, so both are equal when nothing is wrong.
SELECT
    (SELECT count() FROM ticket_changes WHERE kind NOT IN ('floor', 'unreadable')) AS changes,
    (SELECT sum(newest) FROM (SELECT max(version) AS newest FROM tickets GROUP BY ticket_id)) AS versions
