-- Mail that waits is of kinds that somebody waits for: as before, and a mail of an invitation says so.
create or replace function app.mail_invitations(p_mails jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
	queued integer;
	managed uuid[] := app.managed_program_ids();
begin
	insert into public.mail_messages (id, kind, to_address, subject, body_text, body_html, again)
		select m.id, 'invitation', i.address, m.subject, m.text, m.html, true
		from jsonb_to_recordset(p_mails) m(id uuid, invitation uuid, subject text, text text, html text)
		join public.invitations i on i.id = m.invitation
		where i.invited_by_id = app.uid() and i.program_id = any (managed) and i.address is not null
		and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > now();
	get diagnostics queued = row_count;
	perform pg_notify('mail_queued', '');
	return queued;
end $$;

-- The courier knows addresses and not whose they are. An address of nobody is not kept.
create function app.mail_comes_back(p_address text, p_status text, p_sent timestamptz) returns void
language plpgsql security definer set search_path = ''
as $$
begin
	update public.email_addresses e set unreachable_since = now(), unreachable_status = p_status
		where e.address = lower(p_address) and e.unreachable_since is null
		and (e.reachable_at is null or e.reachable_at < p_sent);
end $$;
revoke all on function app.mail_comes_back(text, text, timestamptz) from public;
grant execute on function app.mail_comes_back(text, text, timestamptz) to app_service;

create function app.is_unreachable(p_address text) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
	return exists (select from public.email_addresses e where e.address = lower(p_address) and e.unreachable_since is not null);
end $$;
revoke all on function app.is_unreachable(text) from public;
grant execute on function app.is_unreachable(text) to app_service;

-- Whoever leaves takes along what was written to them at an address that is theirs no more.
create function app.person_gets_no_mail() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.mail_messages m where m.person_id = new.id;
	return new;
end $$;
revoke all on function app.person_gets_no_mail() from public;
create trigger people_get_no_mail after update of deleted_at on people
	for each row when (new.deleted_at is not null and old.deleted_at is null) execute function app.person_gets_no_mail();

-- What came back or failed, for whoever manages a program: of people who are in it now and of invitations to it, each
-- person or address once with its newest. Never what a mail said, and an address only where the program typed it.
create function app.failed_mail(p_program uuid)
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
revoke all on function app.failed_mail(uuid) from public;
grant execute on function app.failed_mail(uuid) to authenticated;
