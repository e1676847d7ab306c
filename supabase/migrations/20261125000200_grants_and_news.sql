-- What each role may do at all; row policies then say to which rows. Nothing is granted to anon,
-- and what an older Supabase project grants by itself is taken back.
revoke all on all tables in schema public from anon, public;

grant select on
	organizations, people, email_addresses, roles, sessions,
	issuers, frameworks, competencies, microcredentials, microcredential_versions, alignments, parts, rubric_rows,
	stacks, stack_versions, stack_items,
	programs, cohorts, enrollments, pairs, pair_events, caseloads,
	reflections, reflection_updates, reflection_snapshots, reflection_history, reflection_clients,
	submissions, awards
to authenticated;
grant delete on sessions to authenticated;
grant insert on reflections, pair_events to authenticated;
-- A pair ends by these three columns; who its people are is never changed.
grant update (status, ended_as, ended_at) on pairs to authenticated;

grant select on all tables in schema public to app_service;
grant insert, update, delete on sessions, sign_in_links, mail_messages to app_service;
grant insert, delete on reflection_updates to app_service;
grant insert, update on reflection_snapshots, reflection_history to app_service;
grant insert on reflection_clients to app_service;

-- News for whoever holds a connection open: rights may have changed. Sent by the database itself, in the same
-- transaction as the change, so no code path (not even a hand at the SQL prompt) can forget it.
-- Payload: `pair:<id>`, `session:<id>` or `person:<id>`.
create function app.tell_access_changed() returns trigger
language plpgsql set search_path = ''
as $$
declare
	gone record := coalesce(new, old);
begin
	perform pg_notify('access_changed', tg_argv[0] || ':' || gone.id::text);
	return null;
end $$;

create trigger pairs_tell_access after update or delete on pairs
	for each row execute function app.tell_access_changed('pair');
create trigger sessions_tell_access after delete or update of expires_at on sessions
	for each row execute function app.tell_access_changed('session');
create trigger people_tell_access after update of deactivated_at on people
	for each row execute function app.tell_access_changed('person');

revoke execute on all functions in schema app from public;
