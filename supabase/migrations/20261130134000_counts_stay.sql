-- Who said "tried it" or "thank you" is for nobody else to see. A number that drops in the moment in which somebody's account goes
-- tells it, and of a question without a name it tells who thanked for the answers. So the rows go with the person, and the numbers,
-- which name nobody, stay. Otherwise as before.
create or replace function app.reaction_counts() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	one public.post_reactions := coalesce(new, old);
	step integer := case when tg_op = 'INSERT' then 1 else -1 end;
begin
	if tg_op = 'DELETE' and exists (select from public.people p where p.id = one.person_id and p.deleted_at is not null) then
		return null;
	end if;
	update public.posts set
		tried = tried + case when one.kind = 'tried' then step else 0 end,
		thanks = thanks + case when one.kind = 'thanks' then step else 0 end
	where id = one.post_id;
	return null;
end $$;
