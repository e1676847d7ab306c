-- Who edits an issuer's microcredentials: whoever manages a program that the issuer has named. In step with
-- catalogue/policy.ts; docs/decisions/0024 says why.

create function app.edited_issuer_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	managed uuid[] := app.managed_program_ids();
begin
	return array(select distinct e.issuer_id from public.issuer_editors e where e.program_id = any (managed));
end $$;

create function app.edited_microcredential_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	edited uuid[] := app.edited_issuer_ids();
begin
	return array(select m.id from public.microcredentials m where m.issuer_id = any (edited));
end $$;

-- Versions of those that are not published yet: what belongs to them may be written down.
create function app.unpublished_version_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	edited uuid[] := app.edited_microcredential_ids();
begin
	return array(
		select v.id from public.microcredential_versions v where v.status = 'draft' and v.microcredential_id = any (edited)
	);
end $$;

create function app.unpublished_part_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	unpublished uuid[] := app.unpublished_version_ids();
begin
	return array(select p.id from public.parts p where p.microcredential_version_id = any (unpublished));
end $$;

grant select on issuer_editors to authenticated, app_service;
grant select, insert, update, delete on microcredential_drafts to authenticated;
grant insert on microcredentials, microcredential_versions, alignments, parts, rubric_rows to authenticated;
grant update (status, published_at, retired_at, retired_reason) on microcredential_versions to authenticated;

create policy microcredential_drafts_edit on microcredential_drafts for all to authenticated
	using (issuer_id = any ((select app.edited_issuer_ids())::uuid[]))
	with check (issuer_id = any ((select app.edited_issuer_ids())::uuid[]) and updated_by = (select app.uid()));
create policy microcredentials_begin on microcredentials for insert to authenticated
	with check (issuer_id = any ((select app.edited_issuer_ids())::uuid[]));
create policy microcredential_versions_begin on microcredential_versions for insert to authenticated
	with check (status = 'draft' and microcredential_id = any ((select app.edited_microcredential_ids())::uuid[]));
create policy microcredential_versions_publish on microcredential_versions for update to authenticated
	using (microcredential_id = any ((select app.edited_microcredential_ids())::uuid[]))
	with check (microcredential_id = any ((select app.edited_microcredential_ids())::uuid[]));
create policy alignments_write on alignments for insert to authenticated
	with check (microcredential_version_id = any ((select app.unpublished_version_ids())::uuid[]));
create policy parts_write on parts for insert to authenticated
	with check (microcredential_version_id = any ((select app.unpublished_version_ids())::uuid[]));
create policy rubric_rows_write on rubric_rows for insert to authenticated
	with check (part_id = any ((select app.unpublished_part_ids())::uuid[]));

revoke execute on all functions in schema app from public;
grant execute on function
	app.edited_issuer_ids(), app.edited_microcredential_ids(), app.unpublished_version_ids(), app.unpublished_part_ids()
to authenticated, app_service;
