-- known-teams: ids of all teams that a ticket was ever in. Read from projection backlog_by_day.
SELECT team FROM ticket_changes WHERE team != '' GROUP BY team ORDER BY team
