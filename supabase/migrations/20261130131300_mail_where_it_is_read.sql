drop function app.is_unreachable(text);

-- Where a mail to an address goes: there, or where its owner reads mail instead, at school first; null where nowhere.
create function app.address_that_works(p_address text) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
	owner uuid := (
		select e.person_id from public.email_addresses e where e.address = lower(p_address) and e.unreachable_since is not null
	);
begin
	if owner is null then return p_address; end if;
	return (
		select e.address from public.email_addresses e
		where e.person_id = owner and e.unreachable_since is null and (e.kind = 'school' or e.verified_at is not null)
		order by e.kind = 'school' desc, e.created_at limit 1
	);
end $$;
revoke all on function app.address_that_works(text) from public;
grant execute on function app.address_that_works(text) to app_service;

-- As before, but an invitation that was made after a mail to its address failed is a new beginning.
-- What came back or failed, for whoever manages a program: of people who are in it now and of invitations to it, each
-- person or address once with its newest. Never what a mail said, and an address only where the program typed it.
create or replace function app.failed_mail(p_program uuid)
returns table (
	person_id uuid, name text, address text, kind text, failed_at timestamptz, failure text, status text,
	times bigint, since timestamptz, unreachable boolean, everybody bigint
)
language plpgsql stable security definer set search_path = ''
as $$
declare
	members uuid[];
begin
	if not p_program = any (app.managed_program_ids()) then return; end if;
	members := array(
		select r.person_id from public.roles r
		where ((r.scope_kind = 'program' and r.scope_id = p_program)
			or (r.scope_kind = 'cohort' and r.scope_id in (select o.id from public.cohorts o where o.program_id = p_program)))
		and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		union select e.person_id from public.enrollments e where e.program_id = p_program and e.status in ('enrolled', 'active', 'completed')
	);
	return query
		with failed as (
			select m.to_address, m.kind, m.failed_at, m.failure, m.status, coalesce(m.person_id, e.person_id) as whose
			from public.mail_messages m left join public.email_addresses e on e.address = m.to_address
			where m.failed_at is not null and m.failure <> 'held-back'
			-- The trouble is over where its owner says so, or where a later mail was taken; but for one that was taken and came back.
			and (e.reachable_at is null or e.reachable_at < m.failed_at)
			and (m.failure = 'bounced' or not exists (
				select from public.mail_messages l
				where l.to_address = m.to_address and l.sent_at > m.failed_at and l.failed_at is null
			))
		),
		seen as (
			select p.id as whose, p.name, null::text as typed, f.kind, f.failed_at, f.failure, f.status
			from failed f join public.people p on p.id = f.whose
			where f.kind <> 'invitation' and p.id = any (members)
			union all
			select null, i.name, i.address, 'invitation', f.failed_at, f.failure, f.status
			from failed f join public.invitations i on i.address = f.to_address
			where f.kind = 'invitation' and i.program_id = p_program and i.accepted_at is null and i.withdrawn_at is null
			and f.failed_at >= i.created_at
			union all
			select p.id, p.name, null, null, e.unreachable_since, '550', e.unreachable_status
			from public.email_addresses e join public.people p on p.id = e.person_id
			where e.unreachable_since is not null and p.id = any (members)
		),
		newest as (
			select distinct on (coalesce(s.whose::text, s.typed)) s.*,
				count(s.kind) over whom as times, min(s.failed_at) over whom as since
			from seen s
			window whom as (partition by coalesce(s.whose::text, s.typed))
			order by coalesce(s.whose::text, s.typed), s.kind is null, s.failed_at desc
		)
		select n.whose, n.name, n.typed, n.kind, n.failed_at::timestamptz, n.failure, n.status, n.times, n.since::timestamptz,
			exists (select from public.email_addresses e where e.person_id = n.whose and e.unreachable_since is not null),
			count(*) over ()
		from newest n order by n.failed_at desc, n.name collate "und-x-icu" limit 200;
end $$;
