-- What time it is for a person, where their browser says so.

-- time_zone: the IANA zone that the device of the last visit which named one was set to; null while unknown. It tells more than
-- the zone of location, which is read from the IP.
alter table contacts add column time_zone text;
