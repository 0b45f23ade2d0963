-- A list of people that opens at once, whatever their number, and what each teammate chose for it.

-- people: how many people the list holds: neither archived nor merged. Changed in the statement that numbers entries.
alter table workspace_seq add column people bigint not null default 0;
update workspace_seq set people = (select count(*) from contacts where contacts.workspace_id = workspace_seq.workspace_id
    and merged_into = 0 and archived_at = 0);

-- country_code: of location, for filters; '' while unknown.
alter table contacts add column country_code text collate "C" not null default '';
create index contacts_by_country on contacts (workspace_id, country_code, last_seen_at, id) where country_code <> '';
create index contacts_by_created on contacts (workspace_id, created_at, id);
create index contacts_by_signed_up on contacts (workspace_id, coalesce(signed_up_at, 0), id);

-- What a person is found by: the words of the name, parts of the e-mail address, ids, the digits of the
-- telephone number; folded, at most 60 characters each.
create table contact_words (
    workspace_id bigint not null,
    word text collate "C" not null,
    contact_id bigint not null,
    primary key (workspace_id, word, contact_id)
);
create index contact_words_by_contact on contact_words (workspace_id, contact_id);

-- value: JSON of the setting's own, such as the columns of the list of people.
create table teammate_settings (
    workspace_id bigint not null,
    teammate_id bigint not null,
    name text collate "C" not null,
    value text collate "C" not null,
    primary key (workspace_id, teammate_id, name)
);
