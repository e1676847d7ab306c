-- Roles held now that ask for a passkey, in what the person manages: programs, their cohorts and pairs, and
-- organizations at any depth. Whoever lost their passkeys is let in again by a second manager; see identity/policy.ts.
create function app.overseen_proving_role_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	managed uuid[] := app.managed_program_ids();
begin
	return array(
		with recursive below as (
			select r.scope_id as id from public.roles r
				where r.person_id = app.uid() and r.role = 'manager' and r.scope_kind in ('state', 'district', 'school')
				and r.from_at <= now() and (r.until_at is null or r.until_at > now())
			union select o.id from public.organizations o join below b on o.parent_id = b.id
		)
		select r.id from public.roles r
		where r.role in ('manager', 'assessor')
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
			and case r.scope_kind
				when 'program' then r.scope_id = any (managed)
				when 'cohort' then exists (select from public.cohorts c where c.id = r.scope_id and c.program_id = any (managed))
				when 'pair' then exists (select from public.pairs p where p.id = r.scope_id and p.program_id = any (managed))
				else r.scope_id in (select b.id from below b)
			end
	);
end $$;

revoke execute on function app.overseen_proving_role_ids() from public;
grant execute on function app.overseen_proving_role_ids() to authenticated;
