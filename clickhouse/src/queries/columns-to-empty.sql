-- columns-to-empty: stored columns of a table with the values that mean "nothing", less those that are kept. What an insert writes is
-- said by its rows, also where the table has a default for those of earlier versions.
SELECT name, type
FROM system.columns
WHERE database = currentDatabase() AND table = {table: String} AND default_kind IN ('', 'DEFAULT') AND name NOT IN {kept: Array(String)}
ORDER BY position
