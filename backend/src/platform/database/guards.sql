-- What drizzle-kit cannot express. Run after every migration; every statement may run again.

create or replace function muniment_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: it is append-only', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

create or replace trigger audit_events_append_only before update or delete on audit_events
  for each row execute function muniment_refuse_change();
create or replace trigger audit_events_no_truncate before truncate on audit_events
  for each statement execute function muniment_refuse_change();
create or replace trigger audit_links_append_only before update or delete on audit_links
  for each row execute function muniment_refuse_change();
create or replace trigger audit_links_no_truncate before truncate on audit_links
  for each statement execute function muniment_refuse_change();
create or replace trigger audit_anchors_append_only before update or delete on audit_anchors
  for each row execute function muniment_refuse_change();
create or replace trigger audit_anchors_no_truncate before truncate on audit_anchors
  for each statement execute function muniment_refuse_change();
create or replace trigger approval_decisions_append_only before update or delete on approval_decisions
  for each row execute function muniment_refuse_change();

-- Counters need not survive a crash, and a request should not wait for the disk because of them.
do $$ begin
  if (select relpersistence from pg_class where oid = 'rate_limits'::regclass) <> 'u' then
    alter table rate_limits set unlogged;
  end if;
end $$;
