-- The archive: few among many, who are listed by themselves and counted off from whatever else is counted.
create index contacts_in_archive on contacts (workspace_id, last_seen_at, id) where archived_at > 0;
