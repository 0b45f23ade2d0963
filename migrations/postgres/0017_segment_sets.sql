-- What a rule that is being written is answered from: one index for each kind of condition, which holds all that it asks for.

-- The first and the last time stand beside how often: whoever did it changes all three at once.
drop index event_counts_by_event;
create index event_counts_by_event on event_counts (workspace_id, event_name_id, count, contact_id, first_at, last_at);

-- The same one in a hundred as contacts_sampled, so that an estimate reads a few pages. SQLite takes the later of two indexes that
-- serve alike: those of everybody come first.
create index event_counts_sampled on event_counts (workspace_id, event_name_id, count, contact_id, first_at, last_at)
    where contact_id % 1000003 * 7919 % 1000003 < 10000;
create index attribute_values_sampled on attribute_values (workspace_id, attribute_id, number, text_key, subject_id)
    where subject_id % 1000003 * 7919 % 1000003 < 10000;
create index activity_sampled on activity (workspace_id, ref_id, contact_id, occurred_at)
    where kind = 'event' and contact_id % 1000003 * 7919 % 1000003 < 10000;
create index taggings_sampled on taggings (workspace_id, tag_id, owner_kind, owner_id)
    where owner_id % 1000003 * 7919 % 1000003 < 10000;
create index memberships_sampled on memberships (workspace_id, left_at, company_id, contact_id)
    where contact_id % 1000003 * 7919 % 1000003 < 10000;

-- Those whom no rule may be asked of: few, and taken away from what was found.
create index contacts_not_asked on contacts (workspace_id, id, merged_into, archived_at) where (merged_into > 0 or archived_at > 0);
-- What is asked of everybody's row and is short. Text that a sender may make long is not in it: an entry has at most 2,704 bytes.
create index contacts_asked on contacts (workspace_id, id, merged_into, archived_at, role, last_seen_at, signed_up_at,
    first_seen_at, created_at, last_contacted_at, last_heard_from_at, session_count, owner_id, unsubscribed, country_code);
-- With the column itself, without which PostgreSQL looks each row up for the expression.
drop index contacts_by_signed_up;
create index contacts_by_signed_up on contacts (workspace_id, coalesce(signed_up_at, 0), id) include (signed_up_at);

-- Rules read the country from its column; where it is older than that, it is only in the location.
update contacts set country_code = upper(json_extract(location, '$.country_code'))
    where country_code = '' and json_extract(location, '$.country_code') is not null;
