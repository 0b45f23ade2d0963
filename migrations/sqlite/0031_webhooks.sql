-- Webhooks: addresses that are told of what the log says, in its order.

-- topics: what it is told of, as a JSON list; '[]' for everything. secret: what its requests are signed with.
-- cursor: the number of the log up to which everything was told, or was none of its topics.
-- due_at: before that nothing is tried again, 0 for at once. failing_since: since when every try failed, 0 while none did.
-- paused_at: 0 while it runs; paused_why: '' by a teammate, 'failing' after days of failures, 'gone' where the receiver said 410.
-- lease_id, lease_until: which process tells it now, and until when no other does. deleted_at: 0 while it is there.
create table webhooks (
    workspace_id bigint not null,
    id bigint not null,
    url text not null,
    topics text not null,
    secret text not null,
    cursor bigint not null,
    due_at bigint not null default 0,
    failing_since bigint not null default 0,
    paused_at bigint not null default 0,
    paused_why text not null default '',
    lease_id bigint not null default 0,
    lease_until bigint not null default 0,
    deleted_at bigint not null default 0,
    created_by bigint not null,
    created_at bigint not null,
    primary key (workspace_id, id)
);

-- What was told last. What was said is not kept: it is made from the log when it is told.
-- seq: the number in the log; below 0 for a test. contact_id: whom it is about, 0 for nobody: it goes with them.
-- state: 'waiting' (it failed and is tried again), 'sent', 'failed' (it was tried for a day) or 'asked' (a teammate wants it sent again).
-- attempts: how often it was tried. first_sent_at, sent_at: the first time and the last, 0 for not yet. took: how long the last took, in milliseconds.
-- status: what the receiver answered, 0 for nothing. answer: the beginning of its answer, or why there is none.
create table webhook_deliveries (
    workspace_id bigint not null,
    webhook_id bigint not null,
    seq bigint not null,
    topic text not null,
    contact_id bigint not null default 0,
    state text not null,
    attempts bigint not null default 0,
    first_sent_at bigint not null default 0,
    sent_at bigint not null default 0,
    took bigint not null default 0,
    status bigint not null default 0,
    answer text not null default '',
    primary key (workspace_id, webhook_id, seq)
);
create index webhook_deliveries_by_time on webhook_deliveries (workspace_id, webhook_id, sent_at);
create index webhook_deliveries_by_contact on webhook_deliveries (workspace_id, contact_id) where contact_id > 0;
create index webhook_deliveries_asked on webhook_deliveries (workspace_id, webhook_id, seq) where state = 'asked';
