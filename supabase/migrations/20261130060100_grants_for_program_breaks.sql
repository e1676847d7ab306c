-- A break is set or taken away, never changed: two acts, and who did each is in the record.
revoke all on program_breaks from anon, public;

grant select on program_breaks to authenticated, app_service;
grant insert, delete on program_breaks to authenticated;
