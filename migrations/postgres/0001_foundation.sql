-- The ground: who works here, who is known, what happened.
-- Ids are taken in blocks by a process, stay under 2^53, and every key is led by workspace_id.
-- Times are milliseconds UTC. 0 stands for "none" inside keys, because nulls are distinct there.

-- next: the first number that no process has taken.
create table id_blocks (name text collate "C" not null primary key, next bigint not null);
insert into id_blocks (name, next) values ('all', 1);

-- time_zone: an IANA name; calendar days in rules and day headings are days there.
create table workspaces (
    id bigint not null primary key,
    name text collate "C" not null,
    app_id text collate "C" not null unique,
    time_zone text collate "C" not null,
    identity_secret text collate "C" not null,
    created_at bigint not null
);

-- n: the last number given to an activity entry; taken last in a transaction, so that
-- the order of numbers is the order of commits and there are no gaps.
create table workspace_seq (workspace_id bigint not null primary key, n bigint not null);

-- email_key: the address folded to lower case; one account for it in the whole installation.
create table teammates (
    workspace_id bigint not null,
    id bigint not null,
    name text collate "C" not null,
    email text collate "C" not null,
    email_key text collate "C" not null unique,
    role text collate "C" not null,
    password_hash text collate "C" not null,
    created_at bigint not null,
    primary key (workspace_id, id)
);

-- token_hash: SHA-256 of the cookie; the cookie itself is never stored.
create table teammate_sessions (
    token_hash text collate "C" not null primary key,
    workspace_id bigint not null,
    teammate_id bigint not null,
    created_at bigint not null,
    expires_at bigint not null
);

-- kind: 'api_token' or 'write_key'; secret_hash is SHA-256 in hex, hint its last four characters.
create table api_keys (
    workspace_id bigint not null,
    id bigint not null,
    kind text collate "C" not null,
    secret_hash text collate "C" not null unique,
    hint text collate "C" not null,
    created_at bigint not null,
    revoked_at bigint,
    primary key (workspace_id, id)
);

-- role: 'user' (identified by the customer's product) or 'lead' (not yet).
-- name_key, email_key: folded for finding and sorting.
create table contacts (
    workspace_id bigint not null,
    id bigint not null,
    role text collate "C" not null,
    external_id text collate "C",
    name text collate "C",
    name_key text collate "C",
    email text collate "C",
    email_key text collate "C",
    phone text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    signed_up_at bigint,
    last_seen_at bigint,
    primary key (workspace_id, id)
);
create index contacts_by_last_seen on contacts (workspace_id, last_seen_at desc, id desc);

-- kind: 'external_id' or 'anonymous_id'. What a sender may call this person.
create table contact_identities (
    workspace_id bigint not null,
    kind text collate "C" not null,
    value text collate "C" not null,
    contact_id bigint not null,
    primary key (workspace_id, kind, value)
);

-- subject: 'contact' or 'company'; data_type: string, integer, float, boolean or date,
-- learned from what arrives and only ever widened (integer, float, string).
create table attributes (
    workspace_id bigint not null,
    id bigint not null,
    subject text collate "C" not null,
    name text collate "C" not null,
    data_type text collate "C" not null,
    created_at bigint not null,
    primary key (workspace_id, id),
    unique (workspace_id, subject, name)
);

-- number holds integers, floats, booleans (0 or 1) and dates (ms); text the value as shown;
-- text_key the first 200 characters folded, for finding.
create table attribute_values (
    workspace_id bigint not null,
    subject text collate "C" not null,
    subject_id bigint not null,
    attribute_id bigint not null,
    number double precision,
    text text collate "C" not null,
    text_key text collate "C" not null,
    updated_at bigint not null,
    primary key (workspace_id, subject, subject_id, attribute_id)
);
create index attribute_values_by_text on attribute_values (workspace_id, attribute_id, text_key, subject_id);
create index attribute_values_by_number on attribute_values (workspace_id, attribute_id, number, subject_id);

create table tags (
    workspace_id bigint not null,
    id bigint not null,
    name text collate "C" not null,
    name_key text collate "C" not null,
    created_at bigint not null,
    created_by bigint not null,
    primary key (workspace_id, id),
    unique (workspace_id, name_key)
);

-- owner_kind: 'contact', 'company' or 'conversation'.
create table taggings (
    workspace_id bigint not null,
    owner_kind text collate "C" not null,
    owner_id bigint not null,
    tag_id bigint not null,
    tagged_at bigint not null,
    tagged_by bigint not null,
    primary key (workspace_id, owner_kind, owner_id, tag_id)
);
create index taggings_by_tag on taggings (workspace_id, tag_id, owner_kind, owner_id);

create table event_names (
    workspace_id bigint not null,
    id bigint not null,
    name text collate "C" not null,
    primary key (workspace_id, id),
    unique (workspace_id, name)
);

-- The fold of a person's occurrences of one event: kept for ever.
create table event_counts (
    workspace_id bigint not null,
    contact_id bigint not null,
    event_name_id bigint not null,
    count bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    primary key (workspace_id, contact_id, event_name_id)
);

-- The sender's own message ids: the only thing that makes a call a repetition.
create table message_ids (
    workspace_id bigint not null,
    message_id text collate "C" not null,
    primary key (workspace_id, message_id)
);

-- Everything that happened, in the order in which it was committed (seq) and
-- with the sender's own time (occurred_at). ref_id: the tag, event name or note it is about.
create table activity (
    workspace_id bigint not null,
    seq bigint not null,
    occurred_at bigint not null,
    kind text collate "C" not null,
    contact_id bigint not null,
    company_id bigint not null,
    actor_id bigint not null,
    ref_id bigint not null,
    data text collate "C" not null,
    primary key (workspace_id, seq)
);

-- Whose stream an entry stands in, in reading order.
create table stream (
    workspace_id bigint not null,
    owner_kind text collate "C" not null,
    owner_id bigint not null,
    occurred_at bigint not null,
    seq bigint not null,
    primary key (workspace_id, owner_kind, owner_id, occurred_at, seq)
);

-- SQLite's json_each(text), so that one statement serves both engines.
create function json_each(source text) returns table (value json)
    language sql immutable as $$ select json_array_elements(source::json) $$;
