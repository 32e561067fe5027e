-- resolved-tickets: tickets solved between from and to, by their last solve there, unless it was reopened before the end. Each
-- bucket is a period of its own. agent_replies come from the newest row about that solve: a reply that came late corrects them.
-- Most tickets are solved once, so solves are not grouped: the few rows that take one back, or correct it, are joined to them. A
-- ticket that came back from deletion may be solved again without a reopening: of those the last solve is looked up.
FROM
(
    SELECT
        ticket_id, version, solve_at, resolution_s, resolution_business_s, requester_wait_s, requester_wait_business_s, group_key,
        corrected.1 = solve_at AND corrected.2 > version ? corrected.3 : own_replies AS agent_replies
    FROM
    (
        SELECT
            ticket_id, version, solve_at, resolution_s, resolution_business_s, requester_wait_s, requester_wait_business_s,
            agent_replies AS own_replies, %by% AS group_key,
            roundDown(toUnixTimestamp64Milli(solve_at), {edges: Array(Int64)}) AS period
        FROM ticket_changes
        WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
          AND solved = 1
          AND solve_at >= {from: DateTime64(3, 'UTC')}
          AND solve_at < {to: DateTime64(3, 'UTC')}
          AND %filters%
    ) AS solves
    LEFT ANY JOIN
    (
        SELECT
            ticket_id,
            roundDown(toUnixTimestamp64Milli(about_solve ? changes.solve_at : at), {edges: Array(Int64)}) AS period,
            maxIf(changes.version, is_reopening) AS reopened_version,
            maxIf(changes.version, is_solve) AS last_version,
            argMaxIf((changes.solve_at, changes.version, changes.agent_replies), (changes.solve_at, changes.version), about_solve AND NOT is_solve) AS corrected
        FROM
        (
            SELECT ticket_id, version, at, solve_at, agent_replies,
                   solve_at >= {from: DateTime64(3, 'UTC')} AND solve_at < {to: DateTime64(3, 'UTC')} AS about_solve,
                   solved = 1 AND about_solve AS is_solve,
                   reopened = 1 AND at >= {from: DateTime64(3, 'UTC')} AND at < {to: DateTime64(3, 'UTC')} AS is_reopening
            FROM ticket_changes
            WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
              AND (is_reopening
                OR about_solve AND (NOT is_solve OR ticket_id IN
                (
                    SELECT ticket_id
                    FROM ticket_changes
                    WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
                      AND open_before = 0 AND open_after = 1 AND created = 0 AND reopened = 0
                )))
        ) AS changes
        GROUP BY ticket_id, period
    ) AS others USING (ticket_id, period)
    WHERE version > reopened_version AND (last_version = 0 OR version = last_version)
)
