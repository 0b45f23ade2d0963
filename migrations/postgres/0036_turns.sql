-- Outbound: messages that have something due take turns, so that what is due is asked for message by message.

-- due_at: what waits of a message that is paused, or over, is in nobody's way any more and keeps its moment. What was put aside of
-- such messages goes out again at once when they go on.
drop index deliveries_due;
create index deliveries_due on deliveries (workspace_id, message_id, due_at) where state = 'waiting';
update deliveries set due_at = matched_at where state = 'waiting' and due_at = 9007199254740991
    and exists (select 1 from messages m where m.workspace_id = deliveries.workspace_id and m.id = deliveries.message_id
    and (m.channel = 'email' or m.whom in ('now', 'chosen')));
