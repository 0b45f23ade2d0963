-- Conversations that were given to somebody, for telling them.
create index activity_given on activity (workspace_id, seq) where kind = 'conversation_assigned';
