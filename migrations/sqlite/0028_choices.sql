-- The values that an attribute offers, and names that the log keeps no more.

-- options: what teammates choose from in an attribute of text, as a JSON list of texts; '[]' where they write what they like.
alter table attributes add column options text not null default '[]';

-- Whom of a company to talk to first was once logged by name, which would outlast the person. It is logged by number: where one
-- person who was ever in the company is called so, theirs; else -1, for somebody whose name is not kept.
update activity set data = json_object('set', json_object('main_contact', coalesce((
    select case when count(*) = 1 then min(p.id) end from contacts p
    where p.workspace_id = activity.workspace_id and p.merged_into = 0
    and coalesce(nullif(p.name, ''), nullif(p.email, ''), p.external_id) = json_extract(activity.data, '$.set.main_contact')
    and p.id in (select m.contact_id from memberships m
    where m.workspace_id = activity.workspace_id and m.company_id = activity.company_id)
), -1)), 'from', json_object())
    where kind = 'company_changed' and actor_id > 0
    and (data like '{"from":{},"set":{"main_contact":"%"}}' or data like '{"set":{"main_contact":"%"},"from":{}}');
