-- An import looks for what its names had before by a list of them, and is planned batch by batch. As a join it was planned from statistics that
-- were taken while the cluster had few names: each batch then compared each of its names with every name of the cluster, until they were taken again.
create or replace function import_domains(of_cluster uuid, lines jsonb, look_within interval) returns table (line int, outcome text)
  language plpgsql volatile security definer set search_path = public, pg_temp set plan_cache_mode = force_custom_plan
  as $$
  #variable_conflict use_column
  declare c cluster; p cluster_position; made uuid[]; names text[]; changes bigint; word text := coalesce(nullif(current_setting('nameplate.operator', true), ''), session_user);
  begin
    if jsonb_array_length(lines) > 500 then raise exception 'import: % lines (expected: 500 at most)', jsonb_array_length(lines); end if;
    select * into strict c from cluster where id = of_cluster;
    with brought as (
        select * from jsonb_to_recordset(lines) as b (line int, domain uuid, team uuid, hostname text, reversed text, unicode text, origin_url text,
          host_header text, cname_label text, txt_token text, certificate uuid, chain text, issuer text, serial text, sha256 text, not_before timestamptz,
          not_after timestamptz, renew_from timestamptz, sealed text, vouched text, valid text)),
      added as (
        insert into domain (id, team_id, cluster_id, hostname, hostname_reversed, hostname_unicode, origin_url, host_header, cname_label, txt_token,
            holder, proof, proved_at, certificate_id, due_at)
          select b.domain, b.team, c.id, b.hostname, b.reversed, b.unicode, b.origin_url, b.host_header, b.cname_label, b.txt_token,
            true, 'operator', now(), b.certificate, now() + random() * look_within
          from brought b where c.shared or c.team_id = b.team order by b.hostname
          on conflict do nothing returning id),
      taken as (select b.* from brought b join added a on a.id = b.domain),
      conditions as (
        insert into condition (domain_id, team_id, type, generation, state, reason, message, who, since, checked_at)
          select t.domain, t.team, x.type, 1, 'ok', x.reason, x.message, 'nobody', now(), now() from taken t,
            lateral (values ('ownership', 'proved-by-operator', t.vouched), ('certificate', 'certificate-valid', t.valid)) x (type, reason, message)),
      certificates as (
        insert into certificate (id, team_id, domain_id, hostname, directory_url, chain, issuer, serial, sha256, not_before, not_after, renew_from)
          select certificate, team, domain, hostname, 'imported', chain, issuer, serial, decode(sha256, 'hex'), not_before, not_after, renew_from from taken),
      keys as (
        insert into certificate_key (certificate_id, cluster_id, team_id, sealed) select certificate, c.id, team, decode(sealed, 'base64') from taken),
      told as (
        insert into event (id, team_id, domain_id, type, message, data, at)
          select new_id(), team, domain, 'imported', 'Imported with its certificate. The operator''s word proves the claim.',
            jsonb_build_object('operator', word, 'certificate_sha256', sha256, 'not_after', not_after), clock_timestamp() from taken)
      select array_agg(domain) into made from taken;

    if made is not null then
      insert into operator_audit (operator, action, subject, detail)
        values (word, 'import domains', of_cluster::text, jsonb_build_object('imported', cardinality(made)));
      update cluster set served_teams = array(select distinct unnest(served_teams || array(select team_id from domain where id = any (made))))
        where id = of_cluster and not served_teams @> array(select team_id from domain where id = any (made));
      names := array(select hostname from domain where id = any (made));
      select * into p from cluster_position where cluster_id = of_cluster for update;
      with numbered as (
          select d.*, p.revision + row_number() over (order by d.hostname) as revision from domain d where d.id = any (made)),
        before as (
          select bit_xor(e.digest) as digest from entry e
            where e.cluster_id = of_cluster and e.hostname = any (names) and e.state <> 'removed'),
        written as (
          insert into entry (cluster_id, hostname, domain_id, team_id, revision, state, origin_url, host_header, certificate_id, digest, changed_at)
            select of_cluster, n.hostname, n.id, n.team_id, n.revision, 'serving', n.origin_url, n.host_header, n.certificate_id,
              entry_digest(n.hostname, n.revision), clock_timestamp() from numbered n
            on conflict (cluster_id, hostname) do update set domain_id = excluded.domain_id, team_id = excluded.team_id, revision = excluded.revision,
              state = excluded.state, origin_url = excluded.origin_url, host_header = excluded.host_header, certificate_id = excluded.certificate_id,
              requires = '{}', digest = excluded.digest, changed_at = excluded.changed_at
            returning digest)
        select bit_xor(w.digest) # coalesce((select b.digest from before b), 0) into changes from written w;
      update cluster_position set revision = revision + cardinality(made), digest = digest # changes where cluster_id = of_cluster;
    end if;

    return query select b.line, case
          when b.domain = any (made) then 'imported'
          when not c.shared and c.team_id <> b.team then 'cluster'
          when d.id is null then 'held'
          when d.holder and d.origin_url = b.origin_url and d.host_header = b.host_header then 'there'
          else 'other' end
      from jsonb_to_recordset(lines) as b (line int, domain uuid, team uuid, hostname text, origin_url text, host_header text)
        left join domain d on d.team_id = b.team and d.hostname = b.hostname and d.removed_at is null;
  end $$;
