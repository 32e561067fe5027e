-- insert-running: how many statements with this id the server is still working on.
SELECT count() AS running
FROM system.processes
WHERE query_id = {query_id: String}
