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
-- What is asked of everybody's row and is short: a fifth of the rows. Of the sample, what is long as well.
create index contacts_asked on contacts (workspace_id, id, merged_into, archived_at, role, last_seen_at, signed_up_at,
    first_seen_at, created_at, last_contacted_at, last_heard_from_at, session_count, owner_id, unsubscribed, country_code,
    browser, browser_version, browser_language, language_override, os, utm_campaign, utm_content, utm_medium, utm_source, utm_term);
create index contacts_asked_sampled on contacts (workspace_id, id, merged_into, archived_at, role, last_seen_at, signed_up_at,
    first_seen_at, created_at, last_contacted_at, last_heard_from_at, session_count, owner_id, unsubscribed, country_code,
    browser, browser_version, browser_language, language_override, os, utm_campaign, utm_content, utm_medium, utm_source, utm_term,
    name_key, email_key, external_key, phone, referrer, location) where id % 1000003 * 7919 % 1000003 < 10000;

-- Rules read the country from its column; where it is older than that, it is only in the location.
update contacts set country_code = upper(json_extract(location, '$.country_code'))
    where country_code = '' and json_extract(location, '$.country_code') is not null;
