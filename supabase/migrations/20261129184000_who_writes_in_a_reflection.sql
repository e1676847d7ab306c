-- What the policies of the next file ask. Each answers for the person who is asking.

-- Reflections that the person may write in now. Keep in step with reflection/policy.ts.
create function app.writable_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(select r.id from public.reflections r where r.pair_id = any (app.writable_pair_ids()));
end $$;

-- Reflections of pairs in which the person is the teacher: theirs to show, to take back and to hand in.
create function app.taught_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id where p.teacher_id = app.uid()
	);
end $$;

-- Passages that a pair shows its coach, for whoever is that coach now.
create function app.granted_passage_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select g.id from public.reflection_passages g
		join public.reflections r on r.id = g.reflection_id
		join public.caseloads c on c.pair_id = r.pair_id
		where g.withdrawn_at is null
		and c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	);
end $$;

revoke execute on all functions in schema app from public;
grant execute on function
	app.writable_reflection_ids(), app.taught_reflection_ids(), app.granted_passage_ids()
to authenticated, app_service;
