-- self-check-leftovers: snapshots of a self-check that did not live to drop them.
SELECT name
FROM system.tables
WHERE database = currentDatabase() AND startsWith(name, 'self_check_') AND metadata_modification_time < now() - toIntervalHour(2)
