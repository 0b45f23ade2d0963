-- The inbox: those that are answered first are a list of their own.

-- One index for each of its orders, as 0005 has them for the other lists; only those that have the priority are in it.
create index conversations_by_priority on conversations (workspace_id, state, updated_at, id) where priority = 1;
create index conversations_by_priority_waiting on conversations (workspace_id, state, waiting_since, id) where priority = 1;
