-- What the counts beside the inbox's lists are true for.

-- inbox: goes up with every commit that can move a conversation into a list or out of it, in the same transaction, so that
-- whoever reads it after a commit sees that one.
alter table workspace_seq add column inbox bigint not null default 0;
