-- Joining, leaving and safer accounts for teammates; described attributes; work done in steps.

-- removed_at: when they left, 0 while they work here; their name stays beside what they wrote.
-- totp_secret: base32, set once a code has been proved; totp_step: the last 30-second step used, so that a code works once.
alter table teammates add column removed_at bigint not null default 0;
alter table teammates add column totp_secret text;
alter table teammates add column totp_step bigint not null default 0;

-- id: names a session on the page of one's own sessions, where the token cannot be shown.
alter table teammate_sessions add column id bigint not null default 0;
alter table teammate_sessions add column user_agent text not null default '';
alter table teammate_sessions add column last_used_at bigint not null default 0;

-- token_hash: SHA-256 of the link's token. accepted_at, revoked_at: 0 for no.
create table invitations (
    workspace_id bigint not null,
    id bigint not null,
    email text not null,
    email_key text not null,
    role text not null,
    token_hash text not null unique,
    invited_by bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    accepted_at bigint not null default 0,
    revoked_at bigint not null default 0,
    primary key (workspace_id, id)
);

-- A link that sets a new password, once.
create table password_resets (
    token_hash text not null primary key,
    workspace_id bigint not null,
    teammate_id bigint not null,
    expires_at bigint not null
);

-- name: what the admin calls the key; last_used_at to the minute, 0 for never.
alter table api_keys add column name text not null default '';
alter table api_keys add column last_used_at bigint not null default 0;

-- first_data_at: when the first call or row arrived, 0 while nothing has.
alter table workspaces add column first_data_at bigint not null default 0;

-- label: what people read instead of the name; archived_at: 0 for no.
-- declared: 1 when someone fixed the type, so that a value which does not fit is refused, not widened.
-- api_writable, messenger_writable, ui_writable: who may change values, 0 or 1.
alter table attributes add column label text not null default '';
alter table attributes add column description text not null default '';
alter table attributes add column archived_at bigint not null default 0;
alter table attributes add column declared bigint not null default 0;
alter table attributes add column api_writable bigint not null default 1;
alter table attributes add column messenger_writable bigint not null default 0;
alter table attributes add column ui_writable bigint not null default 1;

-- last_page: the address of the page that they saw last.
alter table contacts add column last_page text;
alter table contacts add column merged_at bigint not null default 0;
create index contacts_by_merged on contacts (workspace_id, merged_into) where merged_into > 0;

-- merged_into: the survivor that answers for this company, or 0.
alter table companies add column merged_into bigint not null default 0;
create index companies_by_name on companies (workspace_id, name_key, id);

-- deleted_by: the teammate who deleted it; deleting can be undone for 30 days.
-- edited_by: who saved last.
alter table notes add column deleted_by bigint not null default 0;
alter table notes add column edited_by bigint not null default 0;

-- Work that takes longer than a request. state: 'waiting', 'running', 'done', 'failed' or 'cancelled'.
-- input and cursor are JSON of the kind's own and hold no personal data.
-- lease_until: whoever runs it says so until then; after it, another process may go on from the cursor.
create table jobs (
    workspace_id bigint not null,
    id bigint not null,
    kind text not null,
    state text not null,
    input text not null,
    cursor text not null default '',
    done bigint not null default 0,
    total bigint not null default 0,
    message text not null default '',
    created_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    lease_until bigint not null default 0,
    primary key (workspace_id, id)
);
create index jobs_by_state on jobs (state, lease_until, workspace_id, id);

-- Changes of the workspace itself (settings, keys, the team): what the audit page reads.
create index activity_of_workspace on activity (workspace_id, seq) where contact_id = 0 and company_id = 0;
