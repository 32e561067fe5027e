-- resolved-tickets: tickets solved between from and to, by their last solve there, unless it was reopened before the end. Each
-- bucket is a period of its own. agent_replies come from the newest row about that solve: a reply that came late corrects them.
FROM
(
    SELECT
        ticket_id,
        maxIf(changes.version, is_solve) AS version,
        argMaxIf(changes.agent_replies, bitShiftLeft(toUInt128(toUnixTimestamp64Milli(changes.solve_at)), 32) + changes.version, about_solve) AS agent_replies,
        argMaxIf(changes.solve_at, changes.version, is_solve) AS solve_at,
        argMaxIf(changes.resolution_s, changes.version, is_solve) AS resolution_s,
        argMaxIf(changes.resolution_business_s, changes.version, is_solve) AS resolution_business_s,
        argMaxIf(changes.requester_wait_s, changes.version, is_solve) AS requester_wait_s,
        argMaxIf(changes.requester_wait_business_s, changes.version, is_solve) AS requester_wait_business_s,
        argMaxIf(changes.group_key, changes.version, is_solve) AS group_key
    FROM
    (
        SELECT ticket_id, version, at, solve_at, agent_replies, resolution_s, resolution_business_s, requester_wait_s, requester_wait_business_s,
               %by% AS group_key, %filters% AS passes,
               solve_at >= {from: DateTime64(3, 'UTC')} AND solve_at < {to: DateTime64(3, 'UTC')} AS about_solve,
               solved = 1 AND about_solve AS is_solve,
               reopened = 1 AND at >= {from: DateTime64(3, 'UTC')} AND at < {to: DateTime64(3, 'UTC')} AS is_reopening
        FROM ticket_changes
        WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
          AND (about_solve OR is_reopening)
    ) AS changes
    GROUP BY ticket_id, %bucket of about_solve ? changes.solve_at : at%
    HAVING version > maxIf(changes.version, is_reopening) AND argMaxIf(passes, changes.version, is_solve)
)
