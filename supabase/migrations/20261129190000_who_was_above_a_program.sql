-- Who could act in a program, at a moment or on a day, by a role in an organization above it: managers of its school, its
-- district or its state. They see what its own managers see, so "who could see this in March?" has to name them. Shown to
-- whoever manages the program, and to nobody else; as app.program_people, which names the roles in the program itself.
create function app.program_overseers(p_program uuid, p_from timestamptz, p_until timestamptz)
returns table (
	role_id uuid,
	person_id uuid,
	name text,
	initials text,
	here boolean,
	organization text,
	kind text,
	from_at timestamptz,
	until_at timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
begin
	if not p_program = any (app.managed_program_ids()) then return; end if;
	return query
		with recursive above as (
			select o.id, o.parent_id, o.name, o.kind from public.organizations o
				join public.programs g on g.organization_id = o.id where g.id = p_program
			union select o.id, o.parent_id, o.name, o.kind from public.organizations o join above a on o.id = a.parent_id
		)
		select r.id, p.id, p.name, p.initials, p.deactivated_at is null, a.name, a.kind, r.from_at::timestamptz, r.until_at::timestamptz
		from above a
		join public.roles r on r.scope_id = a.id and r.scope_kind in ('state', 'district', 'school') and r.role = 'manager'
		join public.people p on p.id = r.person_id
		where r.from_at <= p_until and (r.until_at is null or (r.until_at > p_from and r.until_at > r.from_at))
		order by p.name collate "und-x-icu", r.id
		limit 200;
end $$;

revoke execute on all functions in schema app from public;
grant execute on function app.program_overseers to authenticated;
