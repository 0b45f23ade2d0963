-- Telling browsers while no page of Rapport is open in them (Web Push, RFC 8030).

-- Secrets of the whole installation, made when they are first needed.
-- name: 'web_push' is the key with which Rapport proves to push services that it is the sender whom a browser allowed
-- (VAPID, RFC 8292). secret: its private key (P-256) as PKCS #8, in base64.
create table installation_secrets (
    name text not null primary key,
    secret text not null,
    created_at bigint not null
);

-- Browsers that teammates allowed to be told.
-- endpoint: the address at the browser's push service; who knows it could disturb the browser, but not be read by it.
-- p256dh, auth: the browser's public key and secret, in base64url: what is sent is encrypted for them (RFC 8291).
-- session_hash: the session in which it was added, as teammate_sessions.token_hash has it. A browser is told of nothing any
-- more when its session is over.
-- told_seq: the number in the log up to which it was told. told_at: when it was told last, 0 for never.
-- claimed_until: nothing is sent before, since a process sends just now or waits after a failure.
-- failures: how often in a row sending failed.
create table push_devices (
    workspace_id bigint not null,
    id bigint not null,
    teammate_id bigint not null,
    session_hash text not null,
    endpoint text not null unique,
    p256dh text not null,
    auth text not null,
    user_agent text not null,
    created_at bigint not null,
    told_seq bigint not null,
    told_at bigint not null default 0,
    claimed_until bigint not null default 0,
    failures bigint not null default 0,
    primary key (workspace_id, id)
);
create index push_devices_by_teammate on push_devices (workspace_id, teammate_id, created_at);
create index push_devices_by_session on push_devices (session_hash);
