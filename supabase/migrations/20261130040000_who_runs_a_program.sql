-- Whether the person asking manages any program now: the catalogue is one for all programs, and theirs to bring up to date.
create function app.runs_a_program() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
	return cardinality(app.managed_program_ids()) > 0;
end $$;

revoke execute on function app.runs_a_program() from public;
grant execute on function app.runs_a_program() to authenticated, app_service;
