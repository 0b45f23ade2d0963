-- Outbound: messages that go to chosen people, to those whom a rule holds for, or to whoever comes to match it.

-- message_id: the message whose audience the rule is; 0 for a segment that people see.
alter table segments add column message_id bigint not null default 0;

-- state: 'draft', 'running', 'paused' or 'stopped'. channel: 'chat' or 'email'.
-- whom: 'later' (who comes to match from the start on), 'all' (those and who matches at the start), 'now' (only who
-- matches at the start) or 'chosen' (the people named).
-- rule: the JSON form of the rule; people: numbers of the people named, as JSON. subject: of an e-mail, with Liquid in it; body: Markdown
-- with Liquid in it.
-- author_id: the teammate in whose name it goes out. segment_id: what keeps its audience while it is under way, 0 for
-- nothing. opt_in_tag, opt_out_tag, exit_tag: 0 for none.
-- starts_at: sent from then on, 0 for at once; stops_at: stopped by itself then, 0 for never.
-- started_at, stopped_at: 0 for not yet. version: goes up by one with every change, so that nobody saves over another.
create table messages (
    workspace_id bigint not null,
    id bigint not null,
    name text collate "C" not null,
    state text collate "C" not null,
    channel text collate "C" not null,
    whom text collate "C" not null,
    rule text collate "C" not null,
    people text collate "C" not null,
    subject text collate "C" not null,
    body text collate "C" not null,
    author_id bigint not null,
    segment_id bigint not null default 0,
    opt_in_tag bigint not null default 0,
    opt_out_tag bigint not null default 0,
    exit_tag bigint not null default 0,
    starts_at bigint not null default 0,
    stops_at bigint not null default 0,
    started_at bigint not null default 0,
    stopped_at bigint not null default 0,
    version bigint not null default 1,
    created_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, id)
);
create index messages_under_way on messages (workspace_id, id) where state in ('running', 'paused');

-- One row for each that a message is for. step: of a message of several steps, else 0. company_id: 0 for once a person.
-- run: how often the person began it before. state: 'waiting', 'sending' (an e-mail that is being handed over), 'sent', 'excluded',
-- 'failed' or 'unknown' (an e-mail of which nobody knows whether the server took it); reason: why the last three.
-- due_at: from when on a worker takes it; 9007199254740991 where it waits until the person is there.
-- attempts: how often it was taken. lease_id, lease_until: who has taken it, and until when nobody else does.
-- conversation_id: in which it was said, 0 for none. matched_at, sent_at, seen_at, replied_at,
-- unsubscribed_at: 0 for not yet.
create table deliveries (
    workspace_id bigint not null,
    message_id bigint not null,
    step bigint not null default 0,
    contact_id bigint not null,
    company_id bigint not null default 0,
    run bigint not null default 0,
    state text collate "C" not null,
    reason text collate "C" not null default '',
    due_at bigint not null,
    attempts bigint not null default 0,
    lease_id bigint not null default 0,
    lease_until bigint not null default 0,
    conversation_id bigint not null default 0,
    matched_at bigint not null,
    sent_at bigint not null default 0,
    seen_at bigint not null default 0,
    replied_at bigint not null default 0,
    unsubscribed_at bigint not null default 0,
    primary key (workspace_id, message_id, step, contact_id, company_id, run)
);
create index deliveries_by_contact on deliveries (workspace_id, contact_id, state, message_id);
create index deliveries_by_state on deliveries (workspace_id, message_id, state, contact_id);
create index deliveries_due on deliveries (due_at, workspace_id, message_id) where state = 'waiting';
create index deliveries_sending on deliveries (lease_until, workspace_id, message_id) where state = 'sending';
create index deliveries_by_conversation on deliveries (workspace_id, conversation_id) where conversation_id > 0;
