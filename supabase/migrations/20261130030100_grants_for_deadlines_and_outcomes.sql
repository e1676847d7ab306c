-- Nothing here is ever changed or taken away: an act is answered by another act.
revoke all on stack_outcomes, deadline_extensions, outcome_grants from anon, public;

grant select on stack_outcomes, deadline_extensions, outcome_grants to authenticated, app_service;
grant insert on deadline_extensions to authenticated;
grant insert on outcome_grants to app_service;
