-- Inviting people and reading who is in a program. Like the helpers of policies these run as their owner, and each looks
-- first whether the person asking manages the program: 80,000 people would otherwise be compared with 80,000 ids.

-- Who held which role in a program at any time from one instant to another, by name; a page of it. The search is a part
-- of a name, or a whole address: whoever runs a program may look a colleague up, and never learns an address from it.
create function app.program_people(
	p_program uuid,
	p_from timestamptz,
	p_until timestamptz,
	p_role text,
	p_search text,
	p_after_name text,
	p_after_role uuid,
	p_most integer
)
returns table (
	role_id uuid,
	person_id uuid,
	name text,
	initials text,
	here boolean,
	role text,
	cohort text,
	from_at timestamptz,
	until_at timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
begin
	if not p_program = any (app.managed_program_ids()) then return; end if;
	return query
		select r.id, p.id, p.name, p.initials, p.deactivated_at is null, r.role, c.name, r.from_at::timestamptz, r.until_at::timestamptz
		from public.roles r
		join public.people p on p.id = r.person_id
		left join public.cohorts c on r.scope_kind = 'cohort' and c.id = r.scope_id
		where ((r.scope_kind = 'program' and r.scope_id = p_program)
			or (r.scope_kind = 'cohort' and r.scope_id in (select o.id from public.cohorts o where o.program_id = p_program)))
		and r.from_at <= p_until and (r.until_at is null or (r.until_at > p_from and r.until_at > r.from_at))
		and (p_role is null or r.role = p_role)
		and (p_search is null or strpos(lower(p.name), lower(p_search)) > 0 or exists (
			select from public.email_addresses e where e.person_id = p.id and e.address = lower(p_search)
		))
		and (p_after_name is null or (p.name collate "und-x-icu", r.id) > (p_after_name collate "und-x-icu", p_after_role))
		order by p.name collate "und-x-icu", r.id
		limit least(p_most, 200);
end $$;

-- How many people held each role in that time. Somebody in two cohorts is one teacher.
create function app.program_role_counts(p_program uuid, p_from timestamptz, p_until timestamptz)
returns table (role text, people bigint)
language plpgsql stable security definer set search_path = ''
as $$
begin
	if not p_program = any (app.managed_program_ids()) then return; end if;
	return query
		select r.role, count(distinct r.person_id)
		from public.roles r
		where ((r.scope_kind = 'program' and r.scope_id = p_program)
			or (r.scope_kind = 'cohort' and r.scope_id in (select o.id from public.cohorts o where o.program_id = p_program)))
		and r.from_at <= p_until and (r.until_at is null or (r.until_at > p_from and r.until_at > r.from_at))
		group by r.role;
end $$;

-- Which of these addresses belong to somebody who has a role in the program now. Of everybody else it says nothing: a
-- manager never learns whether an address exists elsewhere.
create function app.program_addresses(p_program uuid, p_addresses jsonb)
returns table (address text, role text, cohort_id uuid)
language plpgsql stable security definer set search_path = ''
as $$
begin
	if not p_program = any (app.managed_program_ids()) then return; end if;
	return query
		select e.address, r.role, case when r.scope_kind = 'cohort' then r.scope_id end
		from jsonb_array_elements_text(p_addresses) a
		join public.email_addresses e on e.address = a
		join public.roles r on r.person_id = e.person_id
		where ((r.scope_kind = 'program' and r.scope_id = p_program)
			or (r.scope_kind = 'cohort' and r.scope_id in (select o.id from public.cohorts o where o.program_id = p_program)))
		and r.from_at <= now() and (r.until_at is null or r.until_at > now());
end $$;

-- Puts the mails of invitations into the queue: only of open ones that the person asking has made, and only to the
-- address each was made for. @param p_mails an array of {id, invitation, subject, text, html}
create function app.mail_invitations(p_mails jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
	queued integer;
	managed uuid[] := app.managed_program_ids();
begin
	insert into public.mail_messages (id, kind, to_address, subject, body_text, body_html)
		select m.id, 'invitation', i.address, m.subject, m.text, m.html
		from jsonb_to_recordset(p_mails) m(id uuid, invitation uuid, subject text, text text, html text)
		join public.invitations i on i.id = m.invitation
		where i.invited_by_id = app.uid() and i.program_id = any (managed) and i.address is not null
		and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > now();
	get diagnostics queued = row_count;
	perform pg_notify('mail_queued', '');
	return queued;
end $$;

-- Writes down for those who were invited, and have an account already, that they were: for them to read. Who invited
-- stands there as the one on whose behalf the product did it, so that the one who invited does not find in their own log
-- which of the addresses exist.
create function app.tell_invited(p_kind text, p_invitations jsonb, p_network text, p_user_agent text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
	managed uuid[] := app.managed_program_ids();
begin
	if p_kind not in ('invited', 'invitation-withdrawn') then raise exception 'not a kind that is told'; end if;
	insert into public.audit_events (id, kind, person_id, by_person_id, on_behalf_of_id, network, user_agent, about)
		select gen_random_uuid(), p_kind, e.person_id, null, app.uid(), p_network, p_user_agent,
			jsonb_build_object('program', i.program_id, 'role', i.role, 'invitation', i.id)
		from jsonb_array_elements_text(p_invitations) a
		join public.invitations i on i.id = a::uuid
		join public.email_addresses e on e.address = i.address
		join public.people p on p.id = e.person_id
		where i.program_id = any (managed) and p.deactivated_at is null
		and (e.kind = 'school' or e.verified_at is not null);
end $$;

-- Whether somebody manages a program at this very instant, not when the transaction began: asked by the product when
-- nobody, or somebody else, is signed in.
create function app.manages(p_person uuid, p_program uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
	return exists (
		with recursive above as (
			select p.id, p.organization_id as up from public.programs p where p.id = p_program
			union select o.id, o.parent_id from above a join public.organizations o on o.id = a.up
		)
		select from public.roles r join above a on a.id = r.scope_id
		join public.people p on p.id = r.person_id and p.deactivated_at is null
		where r.person_id = p_person and r.role = 'manager' and r.scope_kind in ('program', 'school', 'district', 'state')
		and r.from_at <= clock_timestamp() and (r.until_at is null or r.until_at > clock_timestamp())
	);
end $$;

-- Two managers who end each other's role wait for one another, and the second must see what the first has done: now() is
-- when the transaction began.
create function app.still_manages(p_program uuid) returns boolean
language sql volatile security definer set search_path = ''
as $$ select app.manages(app.uid(), p_program) $$;

-- How many manage a program by a role in it itself, at this very instant; for those of them who count.
create function app.managers_left(p_program uuid) returns bigint
language plpgsql volatile security definer set search_path = ''
as $$
begin
	if not app.still_manages(p_program) then return 0; end if;
	return (
		select count(distinct r.person_id) from public.roles r
		join public.people p on p.id = r.person_id and p.deactivated_at is null
		where r.scope_kind = 'program' and r.scope_id = p_program and r.role = 'manager'
		and r.from_at <= clock_timestamp() and (r.until_at is null or r.until_at > clock_timestamp())
	);
end $$;

revoke execute on all functions in schema app from public;
grant execute on function
	app.still_manages, app.managers_left,
	app.program_people, app.program_role_counts, app.program_addresses, app.mail_invitations, app.tell_invited
to authenticated;
grant execute on function app.manages to app_service;

-- A coach sees pairs by their caseload. When the role ends, so does the caseload in what the role was for, unless another
-- role of theirs covers the pair: else somebody who is no coach any more would see dates for ever.
create function app.end_caseloads() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	update public.caseloads c set until_at = greatest(new.until_at, c.from_at)
	from public.pairs p
	where p.id = c.pair_id and c.coach_id = new.person_id and (c.until_at is null or c.until_at > new.until_at)
	and new.scope_id in (p.program_id, p.cohort_id)
	and not exists (
		select from public.roles r
		where r.person_id = new.person_id and r.role = 'coach' and r.id <> new.id
		and r.scope_id in (p.program_id, p.cohort_id)
		and r.from_at <= new.until_at and (r.until_at is null or r.until_at > new.until_at)
	);
	return null;
end $$;

create trigger roles_end_caseloads after update of until_at on roles
	for each row when (new.role = 'coach' and new.until_at is not null)
	execute function app.end_caseloads();

revoke execute on function app.end_caseloads() from public;
