-- Helpers for the policies of the next file.

-- What the person may write down about their own pairs now: pair and kind of event in one text. A pause, and going on, only
-- when the other one has asked and nothing was answered since.
create function app.own_pair_steps() returns text[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id::text || ' ' || k.kind
		from public.pairs p
		left join lateral (
			select e.kind, e.by_person_id from public.pair_events e
			where e.pair_id = p.id and e.kind in ('pause-asked', 'resume-asked', 'not-now')
			order by e.at desc, e.id desc limit 1
		) ask on p.status in ('active', 'paused') and ask.by_person_id <> app.uid()
		cross join unnest(array[
			'accepted', 'declined', 'started', 'pause-asked', 'paused', 'resume-asked', 'resumed', 'not-now'
		]) as k(kind)
		where (p.teacher_id = app.uid() or p.mentor_id = app.uid())
		and (
			p.status = 'proposed' and k.kind in ('accepted', 'declined')
			or p.status = 'accepted' and k.kind in ('declined', 'started')
			or p.status = 'active' and k.kind in ('pause-asked', 'not-now')
			or p.status = 'paused' and k.kind in ('resume-asked', 'not-now')
			or p.status = 'active' and k.kind = 'paused' and ask.kind = 'pause-asked'
			or p.status = 'paused' and k.kind = 'resumed' and ask.kind = 'resume-asked'
		)
	);
end $$;

-- Proposals of programs that the person manages.
create function app.proposed_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p where p.status = 'proposed' and p.program_id = any (app.managed_program_ids())
	);
end $$;

-- Pairs whose mentor the person is, from the day it began: before, a mentor is a stranger to words; afterwards, only where
-- the two completed what they began. As `accessTo` has it for a pair's own words.
create function app.mentored_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p
		where p.mentor_id = app.uid() and (p.status in ('active', 'paused') or (p.status = 'ended' and p.ended_as = 'completed'))
	);
end $$;

-- What a teacher may show a new mentor of an earlier pair: new pair and old reflection in one text. Old is what has ended
-- in the same program; nobody is shown anything in a pair that has ended.
create function app.handable_reflections() returns text[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select n.id::text || ' ' || r.id::text
		from public.pairs n
		join public.pairs o on o.teacher_id = n.teacher_id and o.program_id = n.program_id and o.id <> n.id and o.status = 'ended'
		join public.reflections r on r.pair_id = o.id
		where n.teacher_id = app.uid() and n.status <> 'ended'
	);
end $$;

revoke execute on all functions in schema app from public;
grant execute on function app.own_pair_steps(), app.proposed_pair_ids(), app.mentored_pair_ids(),
	app.handable_reflections() to authenticated, app_service;
