-- spoke-since: which of {sources} sent anything after its own time of {times}: what an administrator sends in place of a rejected
-- event, or to dismiss it, is not sent by the source. Reads what arrived between the first of these times and {to}.
WITH indexOf({sources: Array(String)}, source) AS place
SELECT source
FROM events
WHERE ingested_at > arrayMin({times: Array(DateTime64(6, 'UTC'))})
  AND ingested_at <= {to: DateTime64(6, 'UTC')}
  AND place > 0
  AND settles = ''
  AND ingested_at > {times: Array(DateTime64(6, 'UTC'))}[place]
GROUP BY source
