-- What time it is for a person, where their browser says so.

-- time_zone: the IANA zone that the device of the last visit which named one was set to; null while unknown. It tells more than
-- the zone of location, which is read from the IP.
alter table contacts add column time_zone text collate "C";

-- Two more orders of the list of people.
create index contacts_by_sessions on contacts (workspace_id, session_count, id);
create index contacts_by_first_seen on contacts (workspace_id, coalesce(first_seen_at, 0), id);
