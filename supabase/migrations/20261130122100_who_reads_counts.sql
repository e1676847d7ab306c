-- Counts are worked out by the product itself, and read by whoever manages the program; nobody writes one by hand.
revoke all on program_counts from anon, public;

grant select on program_counts to authenticated;
grant select, insert, update, delete on program_counts to app_service;

-- As before, but asked from the programs upward: a program stands below three organizations, a state above thousands.
create or replace function app.managed_program_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	places uuid[] := array(
		select r.scope_id from public.roles r
		where r.person_id = app.uid() and r.role = 'manager' and r.scope_kind in ('state', 'district', 'school')
		and r.from_at <= now() and (r.until_at is null or r.until_at > now())
	);
	own uuid[] := array(
		select r.scope_id from public.roles r
		where r.person_id = app.uid() and r.role = 'manager' and r.scope_kind = 'program'
		and r.from_at <= now() and (r.until_at is null or r.until_at > now())
	);
begin
	if cardinality(places) = 0 then return own; end if;
	return own || array(
		with recursive above as (
			select p.id, o.id as place_id, o.parent_id from public.programs p join public.organizations o on o.id = p.organization_id
			union select a.id, o.id, o.parent_id from above a join public.organizations o on o.id = a.parent_id
		)
		select distinct a.id from above a where a.place_id = any (places) and a.id <> all (own)
	);
end $$;
