-- A list that comes as JSON is a few numbers, each of which is looked up by an index. PostgreSQL takes a hundred rows for whatever
-- json_array_elements returns, which made it read whole tables beside a list of three, and plan such statements anew each time.
-- A limit that it cannot know beforehand is taken for a tenth (preprocess_limit in its planner); null is no limit.
create or replace function json_each(source text) returns table (value json)
    language sql immutable as $$ select json_array_elements(source::json) limit (select null::bigint) $$;
