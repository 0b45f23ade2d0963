-- Outbound: goals, messages that an event sets off again and again, and files that come with a message.

-- goal: the JSON form of what somebody is to reach after they got it, empty for none; goal_days: within how many days of receipt.
-- event: the name of the event that sets it off, where whom is 'event'; every: at least so many milliseconds lie between two for one
-- person; most: how many one person gets in all, 0 for no bound.
alter table messages add column goal text not null default '';
alter table messages add column goal_days bigint not null default 0;
alter table messages add column event text not null default '';
alter table messages add column every bigint not null default 0;
alter table messages add column most bigint not null default 0;

-- goal_until: until when reaching the goal counts; 0 where nothing is waited for: there is no goal, it was met before the message came,
-- or it is reached. goal_at: when it was reached, 0 for not yet.
-- skipped_at: when the event happened last and did not set it off again, 0 for never; skips: how often; skip: why the last time, 'often' (the
-- one before was too recent) or 'most' (they had as many as one person gets).
alter table deliveries add column goal_until bigint not null default 0;
alter table deliveries add column goal_at bigint not null default 0;
alter table deliveries add column skipped_at bigint not null default 0;
alter table deliveries add column skips bigint not null default 0;
alter table deliveries add column skip text not null default '';
create index deliveries_goal on deliveries (workspace_id, message_id, contact_id, goal_at) where goal_at > 0;
create index deliveries_goal_open on deliveries (workspace_id, contact_id, message_id) where goal_until > 0;

-- message_id: the outbound message that a part is, whose files come with it; 0 for what was written by itself. A file of a message has that
-- message's number as its part_id, and 0 as its conversation_id.
alter table parts add column message_id bigint not null default 0;
