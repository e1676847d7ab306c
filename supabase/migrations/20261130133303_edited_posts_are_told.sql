-- Who is named in a post only after it was changed is told as well; whoever was told of it before is not told again.
create function app.post_is_told_anew() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	new.told_at := null;
	return new;
end $$;
create trigger posts_told_anew before update of revision on posts
	for each row when (new.revision > old.revision) execute function app.post_is_told_anew();
revoke execute on all functions in schema app from public;
