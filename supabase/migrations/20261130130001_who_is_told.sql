-- Who reads a notice: whoever it was said to, and nobody else. The product says it, mails it and forgets it.
revoke all on notifications, notification_settings, notification_mutes, unsubscribe_tokens, push_subscriptions, push_messages
	from anon, authenticated, app_service, public;

-- On which clock somebody lives: as they said, or as their school's, or as their newest program's. For the product, which
-- sends their mail; of a person only their own.
create function app.zone_of(person uuid) returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
	return coalesce(
		(select s.time_zone from public.person_settings s where s.person_id = person),
		(select o.time_zone from public.people p join public.organizations o on o.id = p.organization_id where p.id = person),
		(
			select pr.time_zone from public.programs pr
			where pr.id in (
				select e.program_id from public.enrollments e where e.person_id = person
				union all select q.program_id from public.pairs q where q.mentor_id = person
			)
			order by pr.starts_on desc limit 1
		),
		'UTC'
	);
end $$;
create function app.own_zone() returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
	return app.zone_of(app.uid());
end $$;

-- What somebody was told, and how they want to be told, goes with them.
create function app.person_is_told_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.notifications where person_id = new.id;
	delete from public.notification_settings where person_id = new.id;
	delete from public.notification_mutes where person_id = new.id;
	delete from public.unsubscribe_tokens where person_id = new.id;
	delete from public.push_subscriptions where person_id = new.id;
	return new;
end $$;
create trigger people_told_no_more after update of deleted_at on people
	for each row when (new.deleted_at is not null and old.deleted_at is null) execute function app.person_is_told_no_more();

-- Whoever chooses anew is held anew: what waits for a mail is looked at again by what they chose, and from now on.
create function app.mail_is_held_anew() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	update public.notifications set held_from = now(), mail_after = now()
	where person_id = new.person_id and mail_after is not null;
	return new;
end $$;
create trigger notification_settings_held_anew after insert or update on notification_settings
	for each row execute function app.mail_is_held_anew();
create trigger person_settings_held_anew after update of time_zone on person_settings
	for each row when (new.time_zone is distinct from old.time_zone) execute function app.mail_is_held_anew();

revoke execute on function app.zone_of(uuid), app.own_zone(), app.person_is_told_no_more(), app.mail_is_held_anew() from public;
grant execute on function app.zone_of(uuid) to app_service;
grant execute on function app.own_zone() to authenticated;

grant select, update (read_at) on notifications to authenticated;
grant select, insert, update on notification_settings to authenticated;
grant select, insert, update, delete on notification_mutes to authenticated;
grant select, insert, delete on push_subscriptions to authenticated;
grant select, insert, update, delete on notifications, unsubscribe_tokens, push_messages to app_service;
grant select, insert, update on notification_settings to app_service;
grant select on notification_mutes to app_service;
grant select, update (sent_at), delete on push_subscriptions to app_service;

create policy notifications_read on notifications for select to authenticated
	using (person_id = (select app.uid()) and withdrawn_at is null);
create policy notifications_mark on notifications for update to authenticated
	using (person_id = (select app.uid())) with check (person_id = (select app.uid()));
create policy notifications_service on notifications for all to app_service using (true) with check (true);
create policy notification_settings_own on notification_settings for all to authenticated
	using (person_id = (select app.uid())) with check (person_id = (select app.uid()));
create policy notification_settings_service on notification_settings for all to app_service using (true) with check (true);
create policy notification_mutes_own on notification_mutes for all to authenticated
	using (person_id = (select app.uid())) with check (person_id = (select app.uid()));
create policy notification_mutes_service on notification_mutes for select to app_service using (true);
create policy unsubscribe_tokens_service on unsubscribe_tokens for all to app_service using (true) with check (true);
create policy push_subscriptions_read on push_subscriptions for select to authenticated
	using (person_id = (select app.uid()));
create policy push_subscriptions_add on push_subscriptions for insert to authenticated
	with check (person_id = (select app.uid()));
create policy push_subscriptions_remove on push_subscriptions for delete to authenticated
	using (person_id = (select app.uid()));
create policy push_subscriptions_service on push_subscriptions for all to app_service using (true) with check (true);
create policy push_messages_service on push_messages for all to app_service using (true) with check (true);
