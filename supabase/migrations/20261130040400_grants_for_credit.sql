-- Rules are only ever added: what a sheet said last year can be looked up for good.
revoke all on jurisdictions, credit_rules, credit_conversions from anon, public;
grant select on jurisdictions, credit_rules, credit_conversions to authenticated, app_service;
grant insert on credit_rules, credit_conversions to authenticated;
