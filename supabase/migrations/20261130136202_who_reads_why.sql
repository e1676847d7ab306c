-- Whom an act concerns reads it, with its reason, wherever they have moved since: of a post its author, of a thread whoever
-- opened it, and of hiding one whoever had said something in it, because their words are gone with it.
create function app.concerning_act_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	without_name uuid[] := app.nameless_post_ids();
begin
	return array(
		select a.id from public.posts p join public.moderation_acts a on a.thread_id = p.thread_id
			where p.author_id = app.uid() and a.post_id is null
			and (p.number = 1 or a.act in ('hide', 'show') and p.created_at < a.at)
		union
		select a.id from public.posts p join public.moderation_acts a on a.thread_id = p.thread_id
			where p.id = any (without_name) and a.post_id is null
			and (p.number = 1 or a.act in ('hide', 'show') and p.created_at < a.at)
	);
end $$;

alter policy moderation_acts_read on moderation_acts using (
	cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) or (post_id is null and cohort_id = any ((select app.discussing_cohort_ids())::uuid[])) or post_id = any ((select app.authored_post_ids())::uuid[]) or id = any ((select app.concerning_act_ids())::uuid[])
);
revoke execute on all functions in schema app from public;
grant execute on function app.concerning_act_ids() to authenticated;
