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
create index teammate_sessions_by_teammate on teammate_sessions (workspace_id, teammate_id);

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
-- name_key, email_key, external_key: folded for finding and sorting. external_id is text as sent.
-- last_seen_at: 0 for never, so that one index serves the order of the people list.
-- last_seen_ip and what follows it describe the last visit; location is JSON read from the IP.
-- merged_into: the survivor that answers for this id, or 0. archived_at, blocked_at: 0 for no.
create table contacts (
    workspace_id bigint not null,
    id bigint not null,
    role text collate "C" not null,
    external_id text collate "C",
    external_key text collate "C" not null default '',
    name text collate "C",
    name_key text collate "C" not null default '',
    email text collate "C",
    email_key text collate "C" not null default '',
    phone text collate "C",
    avatar text collate "C",
    owner_id bigint not null default 0,
    created_at bigint not null,
    updated_at bigint not null,
    signed_up_at bigint,
    first_seen_at bigint,
    last_seen_at bigint not null default 0,
    session_count bigint not null default 0,
    last_contacted_at bigint,
    last_heard_from_at bigint,
    unsubscribed bigint not null default 0,
    browser text collate "C",
    browser_version text collate "C",
    browser_language text collate "C",
    language_override text collate "C",
    os text collate "C",
    referrer text collate "C",
    utm_campaign text collate "C",
    utm_content text collate "C",
    utm_medium text collate "C",
    utm_source text collate "C",
    utm_term text collate "C",
    last_seen_ip text collate "C",
    location text collate "C",
    merged_into bigint not null default 0,
    archived_at bigint not null default 0,
    blocked_at bigint not null default 0,
    primary key (workspace_id, id)
);
create index contacts_by_last_seen on contacts (workspace_id, last_seen_at, id);
create index contacts_by_name on contacts (workspace_id, name_key, id);
create index contacts_by_email on contacts (workspace_id, email_key, id);
create index contacts_by_external on contacts (workspace_id, external_key, id);

-- kind: 'external_id' or 'anonymous_id'. What a sender may call this person.
create table contact_identities (
    workspace_id bigint not null,
    kind text collate "C" not null,
    value text collate "C" not null,
    contact_id bigint not null,
    primary key (workspace_id, kind, value)
);
create index contact_identities_by_contact on contact_identities (workspace_id, contact_id);

-- company_id: the customer's own id, as sent; company_key is it folded, unique.
-- remote_created_at: the customer's own date of the company's beginning with them.
create table companies (
    workspace_id bigint not null,
    id bigint not null,
    company_id text collate "C" not null,
    company_key text collate "C" not null,
    name text collate "C",
    name_key text collate "C" not null default '',
    plan text collate "C",
    monthly_spend double precision,
    size bigint,
    website text collate "C",
    industry text collate "C",
    owner_id bigint not null default 0,
    remote_created_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    last_seen_at bigint not null default 0,
    session_count bigint not null default 0,
    user_count bigint not null default 0,
    archived_at bigint not null default 0,
    primary key (workspace_id, id),
    unique (workspace_id, company_key)
);
create index companies_by_last_seen on companies (workspace_id, last_seen_at, id);

-- Who was in which company, and when. left_at: 0 while they are.
create table memberships (
    workspace_id bigint not null,
    contact_id bigint not null,
    company_id bigint not null,
    joined_at bigint not null,
    left_at bigint not null default 0,
    primary key (workspace_id, contact_id, company_id, joined_at)
);
create index memberships_by_company on memberships (workspace_id, company_id, left_at, contact_id);

-- Stretches of use: a gap over 30 minutes begins another. previous_last_seen_at: what last seen
-- said before this one began, 0 for never.
create table sessions (
    workspace_id bigint not null,
    contact_id bigint not null,
    started_at bigint not null,
    ended_at bigint not null,
    previous_last_seen_at bigint not null,
    primary key (workspace_id, contact_id, started_at)
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

-- day: whole days since 1970-01-01 in UTC. Folds of the same occurrences, for sparklines and windows.
create table event_days (
    workspace_id bigint not null,
    contact_id bigint not null,
    event_name_id bigint not null,
    day bigint not null,
    count bigint not null,
    primary key (workspace_id, contact_id, event_name_id, day)
);

-- body: Markdown, a projection that the notes functions write; version goes up by one a save.
-- owner_kind: 'contact' or 'company'. pinned_at, deleted_at: 0 for no.
create table notes (
    workspace_id bigint not null,
    id bigint not null,
    owner_kind text collate "C" not null,
    owner_id bigint not null,
    body text collate "C" not null,
    version bigint not null,
    author_id bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    pinned_at bigint not null default 0,
    deleted_at bigint not null default 0,
    primary key (workspace_id, id)
);
create index notes_by_owner on notes (workspace_id, owner_kind, owner_id, created_at);

-- state: 'open', 'snoozed' or 'closed'. channel: what carries it, 'messenger' or 'email'.
-- waiting: 1 while the newest outgoing part has not been carried to the person.
create table conversations (
    workspace_id bigint not null,
    id bigint not null,
    contact_id bigint not null,
    state text collate "C" not null,
    channel text collate "C" not null,
    subject text collate "C" not null default '',
    assignee_id bigint not null default 0,
    created_at bigint not null,
    updated_at bigint not null,
    waiting bigint not null default 0,
    snoozed_until bigint not null default 0,
    primary key (workspace_id, id)
);
create index conversations_by_contact on conversations (workspace_id, contact_id, updated_at);
create index conversations_by_state on conversations (workspace_id, state, updated_at, id);

-- author_kind: 'teammate' or 'contact'; kind: 'message' or 'note'.
-- client_id: made by the sender's page, so that a repeated send is one part.
create table parts (
    workspace_id bigint not null,
    conversation_id bigint not null,
    id bigint not null,
    kind text collate "C" not null,
    author_kind text collate "C" not null,
    author_id bigint not null,
    body text collate "C" not null,
    client_id text collate "C" not null,
    created_at bigint not null,
    primary key (workspace_id, conversation_id, id),
    unique (workspace_id, client_id)
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
-- facet: 'event', 'tag', 'note', 'conversation' or 'change': one type at a time, paged alike.
create table stream (
    workspace_id bigint not null,
    owner_kind text collate "C" not null,
    owner_id bigint not null,
    occurred_at bigint not null,
    seq bigint not null,
    facet text collate "C" not null,
    primary key (workspace_id, owner_kind, owner_id, occurred_at, seq)
);
create index stream_by_facet on stream (workspace_id, owner_kind, owner_id, facet, occurred_at, seq);

-- SQLite's json_each(text), so that one statement serves both engines.
create function json_each(source text) returns table (value json)
    language sql immutable as $$ select json_array_elements(source::json) $$;
