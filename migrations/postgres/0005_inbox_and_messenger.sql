-- What an inbox and a Messenger need to know of conversations, and what teammates keep beside them.

-- team_id: the team that looks after it, 0 for none. priority: 1 for those to answer first.
-- waiting_since: when the person wrote what nobody has answered yet, 0 while nothing waits for the team.
-- last_part_id: the newest part, 0 for none; contact_read_part_id: the newest part that the person has had on their screen.
-- waiting (from before) turns the other way round: 1 while something said to the person has not reached them.
-- snoozed_until: with state 'snoozed', 0 means until the person writes.
alter table conversations add column team_id bigint not null default 0;
alter table conversations add column priority bigint not null default 0;
alter table conversations add column waiting_since bigint not null default 0;
alter table conversations add column last_part_id bigint not null default 0;
alter table conversations add column contact_read_part_id bigint not null default 0;
update conversations set last_part_id = coalesce((select max(p.id) from parts p
    where p.workspace_id = conversations.workspace_id and p.conversation_id = conversations.id), 0);
update conversations set waiting_since = coalesce((select p.created_at from parts p
    where p.workspace_id = conversations.workspace_id and p.conversation_id = conversations.id
    and p.id = conversations.last_part_id and p.author_kind = 'contact'), 0);
-- One index for each list that an inbox shows, in its order, so that any page of it is read at once.
create index conversations_by_assignee on conversations (workspace_id, state, assignee_id, updated_at, id);
create index conversations_by_team on conversations (workspace_id, state, team_id, updated_at, id);
create index conversations_by_waiting on conversations (workspace_id, state, assignee_id, waiting_since, id);
create index conversations_by_snooze on conversations (snoozed_until, workspace_id, id) where state = 'snoozed';

-- edited_at, deleted_at: 0 for no; the text of a deleted part is emptied.
alter table parts add column edited_at bigint not null default 0;
alter table parts add column deleted_at bigint not null default 0;

-- Conversations have a stream too (owner_kind 'conversation'): what happened to them besides what was said.
insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet)
    select workspace_id, 'conversation', ref_id, occurred_at, seq, 'conversation' from activity
    where kind in ('message_sent', 'message_received', 'conversation_closed', 'conversation_reopened',
        'conversation_noted', 'conversation_assigned');

-- Groups of teammates that conversations are given to. archived_at: 0 for no.
create table teams (
    workspace_id bigint not null,
    id bigint not null,
    name text collate "C" not null,
    name_key text collate "C" not null,
    created_at bigint not null,
    archived_at bigint not null default 0,
    primary key (workspace_id, id)
);
create table team_members (
    workspace_id bigint not null,
    team_id bigint not null,
    teammate_id bigint not null,
    primary key (workspace_id, team_id, teammate_id)
);
create index team_members_by_teammate on team_members (workspace_id, teammate_id, team_id);

-- How far each teammate has read: unread are those whose last part is newer and not their own.
create table conversation_reads (
    workspace_id bigint not null,
    teammate_id bigint not null,
    conversation_id bigint not null,
    part_id bigint not null,
    primary key (workspace_id, teammate_id, conversation_id)
);

-- Who was named with @ in a note of a conversation, by its newest such part. seen_at: 0 until they have looked.
create table mentions (
    workspace_id bigint not null,
    teammate_id bigint not null,
    conversation_id bigint not null,
    part_id bigint not null,
    created_at bigint not null,
    seen_at bigint not null default 0,
    primary key (workspace_id, teammate_id, conversation_id)
);
create index mentions_by_time on mentions (workspace_id, teammate_id, created_at, conversation_id);

-- Filters that a teammate keeps under a name. owner_id: 0 where the whole team has it. filter: JSON of the inbox's own.
create table inbox_views (
    workspace_id bigint not null,
    id bigint not null,
    owner_id bigint not null,
    name text collate "C" not null,
    filter text collate "C" not null,
    created_at bigint not null,
    primary key (workspace_id, id)
);

-- Answers that are given often. body: Markdown with variables such as {{first_name}}.
create table saved_replies (
    workspace_id bigint not null,
    id bigint not null,
    name text collate "C" not null,
    name_key text collate "C" not null,
    body text collate "C" not null,
    created_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, id),
    unique (workspace_id, name_key)
);

-- What a teammate has begun to write; kind as in parts. version goes up by one a save, so that two devices do not
-- overwrite each other unseen.
create table drafts (
    workspace_id bigint not null,
    teammate_id bigint not null,
    conversation_id bigint not null,
    kind text collate "C" not null,
    body text collate "C" not null,
    version bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, teammate_id, conversation_id, kind)
);

-- Files of parts. part_id: 0 until the part is sent; what is never sent is swept away.
-- uploader_kind: 'teammate' or 'contact'. object: where the bytes are in the store. width, height: 0 where it is no picture.
create table attachments (
    workspace_id bigint not null,
    id bigint not null,
    conversation_id bigint not null,
    part_id bigint not null,
    uploader_kind text collate "C" not null,
    uploader_id bigint not null,
    name text collate "C" not null,
    content_type text collate "C" not null,
    size bigint not null,
    width bigint not null default 0,
    height bigint not null default 0,
    object text collate "C" not null,
    created_at bigint not null,
    primary key (workspace_id, id)
);
create index attachments_by_part on attachments (workspace_id, part_id, id);
create index attachments_unsent on attachments (created_at, workspace_id, id) where part_id = 0;

-- Browsers that are told while no tab is open (RFC 8030). p256dh, auth: the browser's keys, base64url (RFC 8291).
create table push_subscriptions (
    workspace_id bigint not null,
    id bigint not null,
    teammate_id bigint not null,
    endpoint text collate "C" not null unique,
    p256dh text collate "C" not null,
    auth text collate "C" not null,
    user_agent text collate "C" not null,
    created_at bigint not null,
    primary key (workspace_id, id)
);

-- Settings of the workspace, such as the Messenger's; value: JSON of the setting's own.
create table workspace_settings (
    workspace_id bigint not null,
    name text collate "C" not null,
    value text collate "C" not null,
    primary key (workspace_id, name)
);

-- identity_previous: the identity secret before the last roll, good until identity_previous_until.
alter table workspaces add column identity_previous text collate "C" not null default '';
alter table workspaces add column identity_previous_until bigint not null default 0;

-- verified_at: when somebody first proved with the identity secret to be this person, 0 for never. From then on only
-- those who prove it read their conversations.
alter table contacts add column verified_at bigint not null default 0;

-- Who talks through a Messenger. token_hash: SHA-256; verified: 1 when the identity was proved.
create table messenger_sessions (
    token_hash text collate "C" not null primary key,
    workspace_id bigint not null,
    contact_id bigint not null,
    verified bigint not null,
    created_at bigint not null,
    last_used_at bigint not null,
    expires_at bigint not null
);
create index messenger_sessions_by_contact on messenger_sessions (workspace_id, contact_id);
