-- What became of e-mails, as facts of people, and where people are, each with an index of its own.

-- city_key, region_key: the city and the region of location, with A to Z in small letters, '' where they are not known.
-- last_email_opened_at, last_email_clicked_at: when they last had an e-mail to many on their screen, and last followed a link in one;
-- 0 for never. bounced_at: when the mail server said that no mail gets to their address, 0 for not: it is of the address, and
-- another address begins anew.
alter table contacts add column city_key text collate "C" not null default '';
alter table contacts add column region_key text collate "C" not null default '';
alter table contacts add column last_email_opened_at bigint not null default 0;
alter table contacts add column last_email_clicked_at bigint not null default 0;
alter table contacts add column bounced_at bigint not null default 0;

update contacts set city_key = lower(coalesce(json_extract(location, '$.city'), '')),
    region_key = lower(coalesce(json_extract(location, '$.region'), '')) where location is not null;
-- Deliveries keep the first opening and the first click of each e-mail. A refusal was kept without saying whether it was the
-- address's, so that none counts as that.
update contacts set last_email_opened_at = d.opened, last_email_clicked_at = d.clicked from
    (select workspace_id, contact_id, max(opened_at) as opened, max(clicked_at) as clicked from deliveries
    where opened_at > 0 or clicked_at > 0 group by workspace_id, contact_id) d
    where contacts.workspace_id = d.workspace_id and contacts.id = d.contact_id;
-- The country comes with the location, also where that was a lead's before.
update contacts set country_code = upper(json_extract(location, '$.country_code'))
    where country_code = '' and json_extract(location, '$.country_code') is not null;

-- Only those of whom something is known are in them.
create index contacts_by_city on contacts (workspace_id, city_key, id) where city_key <> '';
create index contacts_by_region on contacts (workspace_id, region_key, id) where region_key <> '';
create index contacts_by_opened on contacts (workspace_id, last_email_opened_at, id) where last_email_opened_at <> 0;
create index contacts_by_clicked on contacts (workspace_id, last_email_clicked_at, id) where last_email_clicked_at <> 0;
create index contacts_bounced on contacts (workspace_id, bounced_at, id) where bounced_at <> 0;
