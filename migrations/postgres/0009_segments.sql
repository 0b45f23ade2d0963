-- Segments: saved rules, and for whom they hold now.

-- segments: goes up by one with every change that may give a rule another meaning.
alter table workspace_seq add column segments bigint not null default 0;

-- subject: 'contact' or 'company'. name_key: the name folded. rule: its JSON form.
-- builtin: '' or the word of one that is there from the start.
-- judged: a digest of the looked-up rule by which every membership was last found out, '' for none; filling: that of
-- the rule by which they are being found out now, '' for none; cursor: the last subject that was looked at for it.
-- members: how many there are. entered, left_out: how many came and went since the finding out began. total: how many
-- subjects there were to look at then, done: how many of them were.
-- fault: why the rule makes no sense any more; '' while it does. archived_at: 0 for no.
create table segments (
    workspace_id bigint not null,
    id bigint not null,
    subject text collate "C" not null,
    name text collate "C" not null,
    name_key text collate "C" not null,
    rule text collate "C" not null,
    builtin text collate "C" not null default '',
    judged text collate "C" not null default '',
    filling text collate "C" not null default '',
    cursor bigint not null default 0,
    members bigint not null default 0,
    entered bigint not null default 0,
    left_out bigint not null default 0,
    total bigint not null default 0,
    done bigint not null default 0,
    fault text collate "C" not null default '',
    created_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    archived_at bigint not null default 0,
    primary key (workspace_id, id)
);

-- subject_id: the person or company that the rule holds for.
create table segment_members (
    workspace_id bigint not null,
    segment_id bigint not null,
    subject_id bigint not null,
    entered_at bigint not null,
    primary key (workspace_id, segment_id, subject_id)
);
create index segment_members_by_subject on segment_members (workspace_id, subject_id, segment_id);

-- due_at: the moment at which time alone may change the answer for this person or company.
create table segment_turns (
    workspace_id bigint not null,
    subject_id bigint not null,
    segment_id bigint not null,
    due_at bigint not null,
    primary key (workspace_id, subject_id, segment_id)
);
create index segment_turns_by_time on segment_turns (due_at, workspace_id, segment_id, subject_id);

-- Changes that may move someone in or out, until they have been looked at. words: what changed, as JSON.
-- after: of a company's people, the last one that was looked at; -1 until the company itself was.
create table segment_checks (
    workspace_id bigint not null,
    id bigint not null,
    subject text collate "C" not null,
    subject_id bigint not null,
    words text collate "C" not null,
    after bigint not null default -1,
    primary key (workspace_id, id)
);

-- Who did something, by how often and when, for rules that ask for it.
create index event_counts_by_event on event_counts (workspace_id, event_name_id, count, contact_id);
create index activity_by_event on activity (workspace_id, ref_id, contact_id, occurred_at) where kind = 'event';

-- As SQLite has them, for one member of an object: '$.city', or '$."a name"'.
create function json_extract(doc text, path text) returns text language sql immutable parallel safe
    as $$ select doc::jsonb ->> trim(both '"' from substr(path, 3)) $$;
create function json_type(doc text, path text) returns text language sql immutable parallel safe
    as $$ select case jsonb_typeof(doc::jsonb -> trim(both '"' from substr(path, 3)))
          when 'number' then 'real' when 'string' then 'text'
          when 'boolean' then doc::jsonb ->> trim(both '"' from substr(path, 3))
          else jsonb_typeof(doc::jsonb -> trim(both '"' from substr(path, 3))) end $$;
