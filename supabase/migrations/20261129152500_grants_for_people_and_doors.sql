-- What each role may do with the tables of the file before.
revoke all on all tables in schema public from anon, public;

grant select on
	audit_events, passkeys, provider_accounts, person_settings, free_times, program_stacks, invitations
to authenticated;
grant insert on audit_events to authenticated;
grant insert, update, delete on person_settings, free_times to authenticated;
grant insert on invitations, enrollments to authenticated;
grant update (withdrawn_at, withdrawn_by_id) on invitations to authenticated;
grant update (status, ended_at) on enrollments to authenticated;
grant update (until_at) on roles to authenticated;

grant select on all tables in schema public to app_service;
grant insert on audit_events to app_service;
grant insert, update, delete on
	passkeys, passkey_challenges, provider_accounts, provider_requests, address_proofs, rate_limits
to app_service;
grant insert, update, delete on email_addresses to app_service;
grant insert, update on people, roles to app_service;
grant update on invitations to app_service;

-- Whoever is about to be deleted is out at once, everywhere.
create trigger people_tell_deletion after update of deletion_asked_at, deleted_at on people
	for each row execute function app.tell_access_changed('person');
