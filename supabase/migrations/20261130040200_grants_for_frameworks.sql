-- Who runs a program brings frameworks up to date. Nothing of a framework is deleted but links between its statements,
-- which nothing else points at; a statement that its publisher dropped stays.
revoke all on framework_associations, framework_drafts from anon, public;
grant select on framework_associations to authenticated, app_service;
grant insert, update on frameworks, competencies to authenticated;
grant insert, update, delete on framework_associations to authenticated;
grant select, insert, delete on framework_drafts to authenticated;
-- The hourly sweep takes what was looked at and not imported.
grant select, delete on framework_drafts to app_service;
