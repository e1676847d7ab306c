-- Where a mail to an address goes: there, or where its owner reads mail instead, at school first; null where nowhere. Of a mail
-- to somebody, also where they have given the address up meanwhile: it may be another's by now.
create function app.where_mail_goes(p_address text, p_person uuid) returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
	if p_person is null or exists (
		select from public.email_addresses e where e.person_id = p_person and e.address = lower(p_address)
	) then
		return app.address_that_works(p_address);
	end if;
	return (
		select e.address from public.email_addresses e
		where e.person_id = p_person and e.unreachable_since is null and (e.kind = 'school' or e.verified_at is not null)
		order by e.kind = 'school' desc, e.created_at limit 1
	);
end $$;

-- Whether nothing of a mail of notices is news any more: all of it was read or taken back, or its person is not here.
create function app.is_mail_needless(p_mail uuid, p_person uuid) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
	return exists (select from public.people p where p.id = p_person and p.deactivated_at is not null)
		or exists (select from public.notifications n where n.mail_id = p_mail)
		and not exists (
			select from public.notifications n
			where n.mail_id = p_mail and n.read_at is null and n.withdrawn_at is null
		);
end $$;
revoke all on function app.where_mail_goes(text, uuid), app.is_mail_needless(uuid, uuid) from public;
grant execute on function app.where_mail_goes(text, uuid), app.is_mail_needless(uuid, uuid) to app_service;

-- Whoever says for the first time on which clock they live is held anew as well; until now only a change was.
create trigger person_settings_held_at_first after insert on person_settings
	for each row when (new.time_zone is not null) execute function app.mail_is_held_anew();
