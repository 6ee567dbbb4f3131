-- The record: what is wanted, what was observed, and the history (DESIGN: PostgreSQL is the record).
--
-- Roles are made by set-up (`migrate`), before this runs as nameplate_owner (NOLOGIN): nameplate_api, nameplate_worker,
-- nameplate_edge, nameplate_operator. None bypasses row-level security. A transaction of api and worker names its team
-- with set_config('nameplate.team', …, true), one of edge its cluster with 'nameplate.cluster'; without it there are no rows.

create function current_team() returns uuid language sql stable
  as $$ select nullif(current_setting('nameplate.team', true), '')::uuid $$;
create function current_cluster() returns uuid language sql stable
  as $$ select nullif(current_setting('nameplate.cluster', true), '')::uuid $$;

create table team (
  id uuid primary key,
  name text not null unique check (length(name) between 1 and 100),
  strict_proof boolean not null default false, -- the team asked that no address proves a name for it
  created_at timestamptz not null default now()
);

create table api_key (
  id uuid primary key,
  team_id uuid not null references team,
  name text not null,
  prefix text not null,                        -- np_live_ and four characters: to tell keys apart on a page
  hash bytea not null unique,                  -- SHA-256 of the whole key: 160 random bits need no salt
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index on api_key (team_id);

create table cluster (
  id uuid primary key,
  name text not null unique,
  shared boolean not null,
  team_id uuid references team,                -- the team whose own it is; null when shared
  cname_zone text not null                     -- a domain's CNAME target is <label>.<cname_zone>
    check (cname_zone ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$'),
  addresses inet[] not null,                   -- what apex names point at
  http_port int not null default 80,           -- public; HTTP-01 and reach go there
  https_port int not null default 443,
  served_teams uuid[] not null default '{}',   -- every team it ever served: an address proves only where there is one
  wrapped_key bytea,                           -- the cluster key under the master key; the worker makes it
  created_at timestamptz not null default now(),
  check (shared = (team_id is null))
);

create table cluster_position (
  cluster_id uuid primary key references cluster,
  epoch bigint not null default 1,
  revision bigint not null default 0,
  digest bigint not null default 0,            -- XOR of the digests of all entries that are not removed
  tombstones_purged_to bigint not null default 0, -- a position below it needs a snapshot
  restored_at timestamptz,                     -- a dump was restored, and nodes were not compared with it yet: nothing is ordered
  epoch_from bigint not null default 0         -- the revision at which the epoch began: up to it the epoch before says the same
);

create table node_authority (                  -- the CA of nodes' certificates, one row
  single boolean primary key default true check (single),
  certificate text not null,
  wrapped_key bytea not null,
  created_at timestamptz not null default now()
);

create table master_key_check (                -- a known text under the master key: tells at start whether it is the right one
  single boolean primary key default true check (single),
  wrapped bytea not null,
  created_at timestamptz not null default now()
);

create table join_token (
  hash bytea primary key,
  cluster_id uuid not null references cluster,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  node_id uuid,                                -- set when spent
  csr_hash bytea
);

create table node (
  id uuid primary key,
  cluster_id uuid not null references cluster,
  name text not null,
  state text not null check (state in ('joining', 'joined', 'revoked')),
  https_address text not null,
  http_address text not null,
  version text not null,
  features text[] not null default '{}',
  csr text not null,
  sealing_key bytea not null,
  certificate text,
  certificate_sha256 bytea unique,
  sealed_cluster_key bytea,
  expected boolean not null default true,      -- receives traffic: its ack is waited for
  epoch bigint,
  revision bigint,
  digest text,
  differs_since timestamptz,                   -- when an ack first showed another digest at the cluster's own position; null: the last comparison agreed
  names bigint,
  held_removals bigint not null default 0,
  held text[] not null default '{}',           -- names whose removal it holds back, as many as it named
  removals_confirmed bigint not null default 0, -- so many held removals, at most, may be carried out
  removals_confirmed_until timestamptz,
  refused jsonb not null default '[]',
  ready boolean not null default false,
  acked_at timestamptz,
  started_at timestamptz,                      -- of the process that reported last; an older one's sums are not taken
  seen_tries bigint not null default 0,        -- that process's own sums, as it reported them
  seen_failures bigint not null default 0,
  tries bigint not null default 0,             -- what visitors wanted of it, through all its processes, and how often that failed
  failures bigint not null default 0,
  policy bigint not null default 0,            -- the revision that it follows; 0: none
  lagging_since timestamptz,                   -- when it was first seen behind the position; null when current
  silent boolean not null default false,       -- noticed as silent: its domains were made due for that
  created_at timestamptz not null default now()
);
create unique index node_name on node (cluster_id, name) where state <> 'revoked';

create table rollout (                         -- a policy or a build on its way to a cluster's nodes: one first, then all
  cluster_id uuid not null references cluster,
  number bigint not null,                      -- counts in its cluster; a policy's revision. A higher one that stood counts
  kind text not null check (kind in ('policy', 'build')),
  max_connections_per_source int check (max_connections_per_source >= 0), -- a policy's; null: as each node was started
  max_unknown_per_second int check (max_unknown_per_second >= 0),
  build text,
  build_before text,                           -- what the first node ran until then
  state text not null check (state in ('watching', 'done', 'stopped')),
  first_id uuid not null references node,      -- the node that has it first
  why text not null,                           -- how it stands, or why it ended: a sentence
  watched_seconds bigint not null check (watched_seconds > 0), -- the terms on which it goes on
  tries bigint not null check (tries > 0),
  margin_per_mille int not null check (margin_per_mille between 0 and 1000),
  begun_at timestamptz not null default now(),
  seen_from timestamptz not null default now(), -- since when acks have come without a break
  looked_at timestamptz not null default now(),
  taken_up_at timestamptz,                     -- when the first node reported that it has it
  ended_at timestamptz,
  primary key (cluster_id, number),
  check ((kind = 'build') = (build is not null and build_before is not null)),
  check ((state = 'watching') = (ended_at is null))
);
create unique index one_rollout on rollout (cluster_id) where state = 'watching';

create table rollout_mark (                    -- each node's sums at the moment the first one took the newest rollout up
  cluster_id uuid not null references cluster,
  node_id uuid primary key references node,
  tries bigint not null,
  failures bigint not null
);
create index on rollout_mark (cluster_id);

create table domain (
  id uuid primary key,
  team_id uuid not null references team,
  cluster_id uuid not null references cluster,
  hostname text collate "C" not null check (hostname = lower(hostname) and length(hostname) between 1 and 253),
  hostname_reversed text collate "C" not null, -- labels in reverse, for suffix search
  hostname_unicode text collate "C" not null,
  idn boolean not null generated always as (hostname_unicode <> hostname) stored, -- a column of its own: the planner knows how few they are
  origin_url text not null,
  host_header text not null default 'visitor' check (host_header in ('visitor', 'origin')),
  wanted text not null default 'serving' check (wanted in ('serving', 'suspended', 'removed')),
  generation bigint not null default 1,        -- grows with every change of what is wanted
  status text not null default 'pending' check (status in
    ('pending', 'verifying', 'issuing', 'deploying', 'active', 'degraded', 'moved', 'suspended', 'expired', 'removing')),
  cname_label text not null,                   -- minted per claim
  txt_token text not null,                     -- minted per claim
  holder boolean not null default false,
  proof text check (proof in ('cname', 'txt', 'address', 'operator')), -- how this claim is proved now; null: it is not
  proved_at timestamptz,
  transfer_requested_at timestamptz,
  records_seen text[] not null default '{}',   -- e.g. CNAME, TXT, A 203.0.113.7: what the last look found of the wanted records
  certificate_id uuid,                         -- the wanted certificate
  was_active boolean not null default false,
  moved_since timestamptz,
  verify_since timestamptz not null default now(), -- begin of the seven days after which rechecking gives up
  check_requested_at timestamptz,              -- a look is owed that begins no earlier; up to two seconds ahead
  checked_at timestamptz,
  due_at timestamptz,                          -- when a run is needed at the latest; null: at rest
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  removed_at timestamptz
);
create unique index domain_of_team on domain (team_id, hostname) where removed_at is null;
create unique index domain_holder on domain (hostname) where holder;
create index domain_by_name on domain (team_id, hostname, id) where removed_at is null;
create index domain_by_unicode on domain (team_id, hostname_unicode) where removed_at is null and idn;
create index domain_idn on domain (team_id, hostname) where removed_at is null and idn;
create index domain_by_suffix on domain (team_id, hostname_reversed, id) where removed_at is null;
create index domain_by_status on domain (team_id, status, hostname, id) where removed_at is null;
-- Served domains and others are taken apart, so that name servers which never answer hold nobody up.
create index domain_due_served on domain (due_at) where due_at is not null and was_active and holder;
create index domain_due_other on domain (due_at) where due_at is not null and not (was_active and holder);
create index domain_by_cluster on domain (cluster_id, id) where was_active and holder;
create index domain_claims on domain (hostname);
create index domain_removed on domain (removed_at) where removed_at is not null;

create table held_name (                       -- every team that ever held a hostname, served or not
  hostname text collate "C" not null,
  team_id uuid not null,
  held_at timestamptz not null default now(),  -- when it last began to
  released_at timestamptz,                     -- null: it does
  primary key (hostname, team_id)
);

-- Holding a name ends together with what was seen while it lasted; a new holder begins at nothing. Only a holder has been active.
create function domain_holding() returns trigger language plpgsql
  as $$ begin
    if old.holder is distinct from new.holder then
      new.was_active := false;
      new.moved_since := null;
      return new;
    end if;
    if new.status is distinct from old.status then
      new.was_active := new.was_active or (new.status = 'active' and new.holder);
      new.moved_since := case when new.status = 'moved' then coalesce(new.moved_since, now()) end;
    end if;
    return new;
  end $$;
create trigger domain_holding before update of holder, status on domain for each row execute function domain_holding();

-- A look that was asked for while an older one ran is not forgotten when that one writes when it is due next.
create function domain_check_owed() returns trigger language plpgsql
  as $$ begin
    if new.wanted = 'serving' and new.checked_at < new.check_requested_at and new.check_requested_at > now() - interval '1 minute' then
      new.due_at := least(new.due_at, greatest(new.check_requested_at, now()));
    end if;
    return new;
  end $$;
create trigger domain_check_owed before update of checked_at on domain for each row execute function domain_check_owed();

create function domain_holders() returns trigger language plpgsql security definer set search_path = public, pg_temp
  as $$ begin
    if new.holder then
      insert into held_name as n (hostname, team_id) values (new.hostname, new.team_id)
        on conflict (hostname, team_id) do update set held_at = now(), released_at = null;
    elsif tg_op = 'UPDATE' and old.holder then
      update held_name set released_at = now() where hostname = new.hostname and team_id = new.team_id;
    end if;
    return null;
  end $$;
create trigger domain_holders_insert after insert on domain for each row when (new.holder) execute function domain_holders();
create trigger domain_holders_update after update of holder on domain for each row when (old.holder is distinct from new.holder)
  execute function domain_holders();

create table condition (
  domain_id uuid not null references domain,
  team_id uuid not null,
  type text not null check (type in ('ownership', 'dns', 'reach', 'caa', 'certificate', 'deployed', 'serving', 'origin')),
  generation bigint not null,                  -- what it judged
  state text not null check (state in ('ok', 'failing', 'unknown', 'waiting')),
  reason text not null,
  message text not null,
  evidence jsonb not null default '[]',
  who text not null check (who in ('customer', 'integrator', 'operator', 'nobody')),
  fix jsonb,
  since timestamptz not null,
  checked_at timestamptz not null,
  next_check_at timestamptz,
  primary key (domain_id, type)
);

create table acme_account (
  directory_url text primary key,
  account_url text,
  wrapped_key bytea not null,                  -- PKCS#8 under the master key; stored before it is registered
  updated_at timestamptz not null default now()
);

create table acme_rest (                       -- a CA asked to come back later: nothing that it concerns is ordered before
  directory_url text not null,
  concerns text not null check (concerns in ('domain', 'account', 'all')), -- names at or below one domain, new orders of the account, or whatever there is
  domain text collate "C" not null,            -- empty for the other two
  until timestamptz not null,
  problem_type text not null,
  problem_detail text not null,
  primary key (directory_url, concerns, domain)
);

create table issuance (                        -- one try at a certificate; the budget counts these
  id uuid primary key,
  team_id uuid not null references team,
  domain_id uuid not null references domain,
  certificate_id uuid not null unique,         -- minted with it; the sealed key names it
  hostname text not null,
  directory_url text not null,
  state text not null check (state in ('prepared', 'ordered', 'ready', 'finalizing', 'issued', 'failed')),
  profile text,
  replaces uuid,                               -- the certificate named in `replaces` (RFC 9773)
  csr bytea not null,
  order_sent_at timestamptz,                   -- an order was sent; without an URL its reply may be lost
  order_url text unique,
  problem_type text,
  problem_detail text,
  retry_after timestamptz,
  failure text check (failure in ('validation', 'caa', 'dns', 'identifier', 'order', 'ca', 'wrong_certificate', 'lost', 'given_up')),
  counted boolean not null default false,      -- a failed try that counts against the name's 34 in 30 days
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index issuance_by_domain on issuance (domain_id, created_at desc);
create index issuance_by_hostname on issuance (hostname, created_at desc);
create unique index issuance_open on issuance (domain_id) where state not in ('issued', 'failed');

create table certificate (
  id uuid primary key,
  team_id uuid not null references team,
  domain_id uuid not null references domain,
  hostname text not null,
  directory_url text not null,
  certificate_url text,
  chain text not null,                         -- PEM, leaf first
  issuer text not null,
  serial text not null,
  sha256 bytea not null,                       -- of the leaf, DER
  not_before timestamptz not null,
  not_after timestamptz not null,
  renew_from timestamptz not null,             -- when renewal is due: the CA's window or a third of life left
  window_start timestamptz,                    -- renewal info (RFC 9773), when the CA gave one
  window_end timestamptz,
  window_checked_at timestamptz,
  window_next_look_at timestamptz not null default now(),
  replaced_at timestamptz,                     -- acked everywhere by its successor
  created_at timestamptz not null default now()
);
create index certificate_by_domain on certificate (domain_id, not_after desc);
create index certificate_renewal on certificate (renew_from) where replaced_at is null;
create index certificate_windows on certificate (window_next_look_at) where replaced_at is null;

create table certificate_key (                 -- sealed under the cluster's key when it is made
  certificate_id uuid not null,
  cluster_id uuid not null references cluster,
  team_id uuid not null,
  sealed bytea not null,
  primary key (certificate_id, cluster_id)
);

create table entry (                           -- all an edge needs to serve one name; the newest state replaces the older
  cluster_id uuid not null references cluster,
  hostname text collate "C" not null,
  domain_id uuid not null,
  team_id uuid not null,
  revision bigint not null,
  state text not null check (state in ('serving', 'suspended', 'removed')),
  origin_url text,
  host_header text,
  certificate_id uuid,
  requires text[] not null default '{}',
  digest bigint not null,                      -- first 8 bytes of SHA-256("hostname\nrevision"); docs/edge-protocol.md
  changed_at timestamptz not null default now(),
  primary key (cluster_id, hostname)
);
create unique index entry_by_revision on entry (cluster_id, revision);
create index entry_by_domain on entry (domain_id);

create table answer (                          -- challenges' answers, apart from entries
  cluster_id uuid not null references cluster,
  hostname text not null,
  token text not null,
  team_id uuid not null,
  domain_id uuid not null,
  value text not null,
  revision bigint not null,
  removed boolean not null default false,
  expires_at timestamptz not null,
  primary key (cluster_id, hostname, token)
);
create unique index answer_by_revision on answer (cluster_id, revision);

create table domain_node (                     -- what a node last showed for a domain
  domain_id uuid not null references domain,
  node_id uuid not null references node,
  team_id uuid not null,
  revision bigint not null,
  certificate_sha256 bytea,
  proved_at timestamptz not null,
  primary key (domain_id, node_id)
);

create table event (                           -- history, written on transitions only
  id uuid not null,
  team_id uuid not null,
  domain_id uuid not null,
  type text not null,
  message text not null,
  data jsonb not null default '{}',
  seq bigint generated always as identity,     -- orders the lines of one transaction
  xid xid8 not null default pg_current_xact_id(), -- readers order by (xid, seq) and stop below pg_snapshot_xmin
  at timestamptz not null default now(),
  primary key (at, id)
) partition by range (at);
create table event_default partition of event default;
create index event_by_domain on event (domain_id, xid, seq);

create table outbox (                          -- instructions to Temporal, committed with their change
  id bigint generated always as identity primary key,
  domain_id uuid not null,
  team_id uuid not null,
  priority int not null,                       -- 1 removal, 2 renewal, 3 change, 4 new
  created_at timestamptz not null default now()
);

create table idempotency (
  team_id uuid not null,
  key text not null,
  request_hash bytea not null,                 -- SHA-256 of operation, path and body
  status int,                                  -- null while the first request is still working
  body text,
  location text,
  created_at timestamptz not null default now(),
  primary key (team_id, key)
);

create table operator_audit (                  -- what was done as nameplate_operator, written by the database itself
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  operator text not null,                      -- who the command said it was
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'
);

create table retention (                       -- how long each kind of row is kept
  kind text primary key check (kind in ('event', 'tombstone', 'reply', 'answer', 'removed-domain')),
  keep interval not null check (keep >= interval '1 hour')
);
insert into retention values
  ('event', '13 months'),                      -- whole months go: a year's story, seen from the month after
  ('tombstone', '7 days'),                     -- a node that was away longer reads a snapshot
  ('reply', '24 hours'),                       -- what the API says of idempotency keys
  ('answer', '1 hour'),                        -- after it expired
  ('removed-domain', '30 days');               -- the same team's return finds its records again

create index outbox_by_priority on outbox (priority, id);
create index outbox_by_domain on outbox (domain_id);
create index answer_by_expiry on answer (expires_at);
create index tombstones on entry (cluster_id, revision) where state = 'removed';
create index idempotency_by_age on idempotency (created_at);

-- Row-level security: forced, so the owner too needs a policy; its own lets the narrow functions below work.
do $$
declare t text;
begin
  foreach t in array array['team','api_key','cluster','cluster_position','node_authority','master_key_check','join_token','node','rollout','rollout_mark','domain','condition',
      'acme_account','acme_rest','issuance','certificate','certificate_key','entry','answer','domain_node','event','event_default','outbox','idempotency',
      'held_name','operator_audit','retention'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owner_all on %I to nameplate_owner using (true) with check (true)', t);
  end loop;
  foreach t in array array['api_key','domain','condition','issuance','certificate','certificate_key','domain_node','event','outbox','idempotency'] loop
    execute format('create policy own_team on %I to nameplate_api, nameplate_worker using (team_id = current_team()) with check (team_id = current_team())', t);
  end loop;
  foreach t in array array['entry','answer'] loop
    execute format('create policy own_team on %I for select to nameplate_api, nameplate_worker using (team_id = current_team())', t);
    execute format('create policy own_cluster on %I for select to nameplate_edge using (cluster_id = current_cluster())', t);
  end loop;
end $$;

create policy own_team on team for select to nameplate_api, nameplate_worker using (id = current_team());
create policy operator_all on team to nameplate_operator using (true) with check (true);
create policy operator_all on api_key to nameplate_operator using (true) with check (true);
create policy operator_reads on operator_audit for select to nameplate_operator using (true);
create policy operator_all on retention to nameplate_operator using (true) with check (true);

create policy usable on cluster for select to nameplate_api using (current_team() is not null and (shared or team_id = current_team()));
create policy worker_all on cluster to nameplate_worker using (true) with check (true);
create policy own_cluster on cluster for select to nameplate_edge using (id = current_cluster());
create policy operator_all on cluster to nameplate_operator using (true) with check (true);

-- A counter tells nothing about a team; the watcher of parked polls reads all of them at once.
create policy counters on cluster_position for select to nameplate_edge using (true);
create policy worker_all on cluster_position to nameplate_worker using (true) with check (true);
create policy usable on cluster_position for select to nameplate_api using (exists (select 1 from cluster c where c.id = cluster_id));
create policy operator_all on cluster_position to nameplate_operator using (true) with check (true);

create policy worker_all on node_authority to nameplate_worker using (true) with check (true);
create policy worker_all on master_key_check to nameplate_worker using (true) with check (true);
create policy worker_all on acme_account to nameplate_worker using (true) with check (true);
create policy worker_all on acme_rest to nameplate_worker using (true) with check (true);

create policy own_cluster on join_token for insert to nameplate_api
  with check (exists (select 1 from cluster c where c.id = cluster_id and c.team_id = current_team()));
create policy operator_all on join_token to nameplate_operator using (true) with check (true);

create policy usable on node for select to nameplate_api using (exists (select 1 from cluster c where c.id = cluster_id));
create policy worker_all on node to nameplate_worker using (true) with check (true);
create policy own_cluster_reads on node for select to nameplate_edge using (cluster_id = current_cluster());
create policy operator_all on node to nameplate_operator using (true) with check (true);

-- The edge listener looks after its own cluster's rollouts, and begins one for a build alone: policies are the operator's.
create policy own_cluster_reads on rollout for select to nameplate_edge using (cluster_id = current_cluster());
create policy own_cluster_judges on rollout for update to nameplate_edge using (cluster_id = current_cluster()) with check (cluster_id = current_cluster());
create policy own_cluster_begins on rollout for insert to nameplate_edge with check (cluster_id = current_cluster() and kind = 'build');
create policy own_cluster on rollout_mark to nameplate_edge using (cluster_id = current_cluster()) with check (cluster_id = current_cluster());
create policy operator_all on rollout to nameplate_operator using (true) with check (true);

-- An edge reads the certificates that are sealed for its cluster, and no other.
create policy own_cluster on certificate_key for select to nameplate_edge using (cluster_id = current_cluster());
create policy own_cluster on certificate for select to nameplate_edge
  using (exists (select 1 from certificate_key k where k.certificate_id = certificate.id and k.cluster_id = current_cluster()));

-- What a role may do with which columns. The API reads no wrapped and no sealed key.
grant usage on schema public to nameplate_api, nameplate_worker, nameplate_edge, nameplate_operator;
grant execute on function current_team(), current_cluster() to public;

grant select on team to nameplate_api, nameplate_worker;
grant select (id, name, shared, team_id, cname_zone, addresses, http_port, https_port, created_at) on cluster to nameplate_api;
grant select on cluster_position, node, entry, answer, domain_node, issuance to nameplate_api;
revoke select on node from nameplate_api;
grant select (id, cluster_id, name, state, https_address, http_address, version, features, certificate_sha256, expected, epoch, revision, digest, names,
  differs_since, held_removals, refused, ready, acked_at, lagging_since, created_at) on node to nameplate_api;
grant select (id, team_id, domain_id, hostname, directory_url, chain, issuer, serial, sha256, not_before, not_after, renew_from, window_start, window_end,
  replaced_at, created_at) on certificate to nameplate_api;
grant select on domain, condition to nameplate_api;
-- What a team wants, and when to look; never who holds a name, what proves it, or what was seen.
grant insert (id, team_id, cluster_id, hostname, hostname_reversed, hostname_unicode, origin_url, host_header, cname_label, txt_token, due_at)
  on domain to nameplate_api;
grant update (origin_url, host_header, wanted, generation, status, verify_since, check_requested_at, due_at, updated_at) on domain to nameplate_api;
grant select, insert on event to nameplate_api;
grant select, insert, update (priority) on outbox to nameplate_api;
grant insert on join_token to nameplate_api;
grant select, insert, update, delete on idempotency to nameplate_api;

grant select, update on cluster, cluster_position, node to nameplate_worker;
grant select, insert, update, delete on node_authority, acme_account, acme_rest to nameplate_worker;
grant select, insert on master_key_check to nameplate_worker;
grant select, insert, update, delete on domain, condition, issuance, certificate, certificate_key, domain_node to nameplate_worker;
grant select on entry, answer to nameplate_worker;
grant select, insert on event to nameplate_worker;
grant select, insert, update (priority) on outbox to nameplate_worker;

grant select on cluster_position, entry, answer, certificate_key to nameplate_edge;
grant select (id, http_port, https_port) on cluster to nameplate_edge;
grant select (id, chain, not_before, not_after) on certificate to nameplate_edge;
grant select (id, cluster_id, name, state, version, expected, ready, acked_at, tries, failures, policy) on node to nameplate_edge;
grant select, update (state, why, seen_from, looked_at, taken_up_at, ended_at) on rollout to nameplate_edge;
grant insert (cluster_id, number, kind, build, build_before, state, first_id, why, watched_seconds, tries, margin_per_mille) on rollout to nameplate_edge;
grant select, insert, delete on rollout_mark to nameplate_edge;

grant select, insert, update on team to nameplate_operator;
grant select (id, team_id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at), insert, update (revoked_at) on api_key to nameplate_operator;
grant select on operator_audit to nameplate_operator;
grant select, update (keep) on retention to nameplate_operator;
grant select (id, name, shared, team_id, cname_zone, addresses, http_port, https_port, served_teams, created_at) on cluster to nameplate_operator;
grant insert, update (name, addresses, http_port, https_port) on cluster to nameplate_operator;
grant select, insert on cluster_position to nameplate_operator;
grant insert on join_token to nameplate_operator;
grant select (id, cluster_id, name, state, https_address, http_address, version, expected, epoch, revision, differs_since, names, held_removals,
  removals_confirmed, removals_confirmed_until, ready, acked_at, policy, created_at) on node to nameplate_operator;
grant select, update (state, why, ended_at) on rollout to nameplate_operator;
grant insert (cluster_id, number, kind, max_connections_per_source, max_unknown_per_second, build, build_before, state, first_id, why, watched_seconds, tries, margin_per_mille)
  on rollout to nameplate_operator;

-- The narrow functions: each lets a role do one thing across teams. They run as their owner; the search path is fixed.

-- Notes the use of a key, to ten minutes: a busy key costs a write in ten minutes, and nobody waits for it.
create function find_api_key(sought bytea)
  returns table (id uuid, team_id uuid, team_name text, scopes text[], expires_at timestamptz, revoked_at timestamptz)
  language sql volatile security definer set search_path = public, pg_temp
  as $$ with used as (
          select u.id from api_key u where u.hash = sought and (u.last_used_at is null or u.last_used_at < now() - interval '10 minutes')
            and u.revoked_at is null and (u.expires_at is null or u.expires_at > now()) for update skip locked),
        noted as (update api_key n set last_used_at = now() from used where n.id = used.id)
        select k.id, k.team_id, t.name, k.scopes, k.expires_at, k.revoked_at
        from api_key k join team t on t.id = k.team_id where k.hash = sought $$;

-- The team of a domain, for those who got its id as an instruction: asked a dozen times for each certificate, so its plan is kept.
create function team_of_domain(sought uuid) returns uuid
  language plpgsql stable security definer set search_path = public, pg_temp
  as $$ begin return (select d.team_id from domain d where d.id = sought); end $$;

-- Domains whose time has come, earliest first, of those that are not served `others` at most; each is postponed, so that it comes again if its
-- look is lost.
create function claim_due_domains(batch int, others int, postpone interval) returns table (domain_id uuid, team_id uuid, served boolean)
  language sql volatile security definer set search_path = public, pg_temp
  as $$ with works as (
          select id, due_at, true as served from domain where due_at <= now() and was_active and holder
            order by due_at limit batch for update skip locked),
        waits as (
          select id, due_at, false as served from domain where due_at <= now() and not (was_active and holder)
            order by due_at limit least(others, batch) for update skip locked),
        due as (select * from works union all select * from waits order by due_at limit batch)
        update domain d set due_at = now() + postpone from due where d.id = due.id returning d.id, d.team_id, due.served $$;

-- Makes served domains of a cluster due within `spread`, `batch` of them after an id: one of its nodes fell silent, returned, or counts no longer.
-- The last id.
create function hasten_domains(of_cluster uuid, after uuid, batch int, spread interval) returns uuid
  language sql volatile security definer set search_path = public, pg_temp
  as $$ with listed as (select id from domain where cluster_id = of_cluster and id > after and was_active and holder order by id limit batch),
        free as (select d.id from domain d join listed using (id) where d.due_at is null or d.due_at > now() + spread for update of d skip locked),
        hastened as (update domain d set due_at = now() + random() * spread from free where d.id = free.id)
        select id from listed order by id desc limit 1 $$;

-- Instructions to deliver, most urgent first, and where each domain is placed; they stay locked until the transaction ends.
create function claim_outbox(batch int) returns table (id bigint, domain_id uuid, team_id uuid, priority int, cluster_id uuid)
  language sql volatile security definer set search_path = public, pg_temp
  as $$ select o.id, o.domain_id, o.team_id, o.priority, (select d.cluster_id from domain d where d.id = o.domain_id)
        from outbox o order by o.priority, o.id limit batch for update skip locked $$;
create function delete_outbox(delivered bigint[]) returns void
  language sql volatile security definer set search_path = public, pg_temp
  as $$ delete from outbox where id = any (delivered) $$;

-- Who holds a hostname: for the worker. The API learns only that somebody else does.
create function holder_of(sought text) returns table (domain_id uuid, team_id uuid, proof text, proved_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select id, domain.team_id, domain.proof, domain.proved_at from domain where hostname = sought and holder $$;
create function held_by_another_domain(sought text, than uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$ select exists (select 1 from domain where hostname = sought and holder and id <> than) $$;

-- Whether an address cannot prove the name for this team: another team held it before, served or not, or this one removed it within 30 days.
create function held_before_by_another(sought text, claimant uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$ select exists (select 1 from held_name where hostname = sought
          and (held_name.team_id <> claimant or released_at > now() - interval '30 days')) $$;

-- Whether addresses of the domain's cluster prove it: the cluster has only ever served the domain's team, which does not ask for strict proof.
create function address_proves(of_domain uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$ select not c.shared and c.served_teams <@ array[d.team_id] and not t.strict_proof and not held_before_by_another(d.hostname, d.team_id)
        from domain d join cluster c on c.id = d.cluster_id join team t on t.id = d.team_id where d.id = of_domain $$;

-- Of these orders at CAs those that belong to a try, of whatever team.
create function known_orders(urls text[]) returns table (order_url text)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select i.order_url from issuance i where i.order_url = any (urls) $$;

-- When tries at a hostname failed lately, whoever held it; the newest hundred.
create function failed_tries(sought text, since timestamptz) returns table (failed_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select updated_at from issuance where hostname = sought and state = 'failed' and counted and updated_at > since
        order by updated_at desc limit 100 $$;

-- Takes certificates whose renewal window is to be looked at, each for one caller until `leased_until`. Only wanted ones: others are not renewed.
create function claim_stale_windows(of_directory text, batch int, leased_until timestamptz)
  returns table (domain_id uuid, team_id uuid, certificate_id uuid)
  language sql volatile security definer set search_path = public, pg_temp
  as $$ update certificate c set window_next_look_at = leased_until
        from (select s.id from certificate s join domain d on d.certificate_id = s.id and d.removed_at is null and d.holder
                where s.replaced_at is null and s.window_next_look_at <= now() and s.directory_url = of_directory
                order by s.window_next_look_at limit batch for update of s skip locked) stale
        where c.id = stale.id returning c.domain_id, c.team_id, c.id $$;

-- The digest of one name, as the nodes compute it.
create function entry_digest(hostname text, revision bigint) returns bigint language sql immutable
  as $$ select ('x' || encode(substr(sha256(convert_to(hostname || E'\n' || revision, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint $$;

-- A cluster's next revision. Its row stays locked until the transaction ends, so revisions commit in order: take it last.
create function next_revision(of_cluster uuid) returns cluster_position
  language sql volatile security definer set search_path = public, pg_temp
  as $$ update cluster_position set revision = revision + 1 where cluster_id = of_cluster returning * $$;

-- The next revision for an entry, with the cluster's digest as it will be: without what the name's entry had, with what it gets.
create function next_entry_revision(of_cluster uuid, of_hostname text, stays boolean) returns cluster_position
  language sql volatile security definer set search_path = public, pg_temp
  as $$ update cluster_position set revision = revision + 1,
          digest = digest
            # coalesce((select e.digest from entry e where e.cluster_id = of_cluster and e.hostname = of_hostname and e.state <> 'removed'), 0)
            # case when stays then entry_digest(of_hostname, revision + 1) else 0 end
        where cluster_id = of_cluster returning * $$;

-- Writes what nodes serve for a domain's hostname. Writes nothing, and returns no row, when the domain is not current_team()'s, has another
-- generation (an older run reads again) or does not hold the name.
create function write_entry(of_domain uuid, judged bigint, wanted_state text, wanted_certificate uuid, features text[])
  returns table (epoch bigint, revision bigint)
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare d domain; p cluster_position;
  begin
    select * into d from domain where id = of_domain for update;
    if not found or d.team_id is distinct from current_team() or d.generation <> judged or not d.holder then return; end if;
    update cluster set served_teams = served_teams || d.team_id where id = d.cluster_id and not d.team_id = any (served_teams);
    p := next_entry_revision(d.cluster_id, d.hostname, true);
    insert into entry (cluster_id, hostname, domain_id, team_id, revision, state, origin_url, host_header, certificate_id, requires, digest, changed_at)
      values (d.cluster_id, d.hostname, d.id, d.team_id, p.revision, wanted_state, d.origin_url, d.host_header, wanted_certificate, features,
        entry_digest(d.hostname, p.revision), clock_timestamp())
      on conflict (cluster_id, hostname) do update set domain_id = excluded.domain_id, team_id = excluded.team_id, revision = excluded.revision,
        state = excluded.state, origin_url = excluded.origin_url, host_header = excluded.host_header, certificate_id = excluded.certificate_id,
        requires = excluded.requires, digest = excluded.digest, changed_at = excluded.changed_at;
    return query select p.epoch, p.revision;
  end $$;

-- Leaves a tombstone. Does nothing, and returns no row, when the name's entry is not this domain's or is one already.
create function remove_entry(of_domain uuid) returns table (epoch bigint, revision bigint)
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare d domain; p cluster_position;
  begin
    select * into d from domain where id = of_domain for update;
    if not found or d.team_id is distinct from current_team() then return; end if;
    perform 1 from entry where cluster_id = d.cluster_id and hostname = d.hostname and domain_id = d.id and state <> 'removed';
    if not found then return; end if;
    p := next_entry_revision(d.cluster_id, d.hostname, false);
    update entry set state = 'removed', origin_url = null, host_header = null, certificate_id = null, requires = '{}', revision = p.revision,
        digest = entry_digest(d.hostname, p.revision), changed_at = clock_timestamp()
      where cluster_id = d.cluster_id and hostname = d.hostname;
    return query select p.epoch, p.revision;
  end $$;

-- Puts the answer to a challenge on the same counter. Only the holder of a name gets one.
create function put_answer(of_domain uuid, with_token text, with_value text, until timestamptz) returns table (epoch bigint, revision bigint)
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare d domain; p cluster_position;
  begin
    select * into d from domain where id = of_domain for update;
    if not found or d.team_id is distinct from current_team() or not d.holder then return; end if;
    p := next_revision(d.cluster_id);
    insert into answer (cluster_id, hostname, token, team_id, domain_id, value, revision, expires_at)
      values (d.cluster_id, d.hostname, with_token, d.team_id, d.id, with_value, p.revision, until)
      on conflict (cluster_id, hostname, token) do update set team_id = excluded.team_id, domain_id = excluded.domain_id, value = excluded.value,
        revision = excluded.revision, removed = false, expires_at = excluded.expires_at;
    return query select p.epoch, p.revision;
  end $$;

create function remove_answer(of_domain uuid, with_token text) returns table (epoch bigint, revision bigint)
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare a answer; p cluster_position;
  begin
    select * into a from answer where domain_id = of_domain and token = with_token and not removed;
    if not found or a.team_id is distinct from current_team() then return; end if;
    p := next_revision(a.cluster_id);
    update answer set removed = true, value = '', revision = p.revision
      where cluster_id = a.cluster_id and hostname = a.hostname and token = with_token;
    return query select p.epoch, p.revision;
  end $$;
create index answer_by_domain on answer (domain_id);

-- The node behind a client certificate.
create function node_by_certificate(fingerprint bytea) returns table (node_id uuid, cluster_id uuid, state text)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select id, node.cluster_id, node.state from node where certificate_sha256 = fingerprint $$;

-- Spends a join token on a node. The same token with the same request gets the same node; refused says why there is none.
create function join_node(token_hash bytea, request_hash bytea, new_node uuid, node_name text, https text, http text, node_version text,
    node_features text[], request text, sealing bytea)
  returns table (node_id uuid, cluster_id uuid, refused text)
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare t join_token;
  begin
    select * into t from join_token where hash = token_hash for update;
    if not found then return query select null::uuid, null::uuid, 'join-token-invalid'; return; end if;
    if t.node_id is not null then
      if t.csr_hash = request_hash then return query select t.node_id, t.cluster_id, null::text;
      else return query select null::uuid, null::uuid, 'join-token-spent'; end if;
      return;
    end if;
    if t.expires_at <= now() then return query select null::uuid, null::uuid, 'join-token-invalid'; return; end if;
    update node set state = 'revoked' where cluster_id = t.cluster_id and name = node_name and state <> 'revoked';
    insert into node (id, cluster_id, name, state, https_address, http_address, version, features, csr, sealing_key)
      values (new_node, t.cluster_id, node_name, 'joining', https, http, node_version, node_features, request, sealing);
    update join_token set node_id = new_node, csr_hash = request_hash where hash = token_hash;
    return query select new_node, t.cluster_id, null::text;
  end $$;

-- What a joining node polls for, by the token it spent.
create function joining_node(token_hash bytea, sought uuid)
  returns table (state text, certificate text, sealed_cluster_key bytea, cluster_id uuid, http_port int)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select n.state, n.certificate, n.sealed_cluster_key, n.cluster_id, c.http_port
        from join_token t join node n on n.id = t.node_id join cluster c on c.id = n.cluster_id
        where t.hash = token_hash and n.id = sought $$;

-- Of these nodes those whose access has ended.
create function revoked_among(nodes uuid[]) returns table (node_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select id from node where id = any (nodes) and state = 'revoked' $$;

-- The policy that a node has to follow: the newest that stood, or the newer one that it has to try first. No row: none.
create function policy_for(of_cluster uuid, of_node uuid) returns table (number bigint, max_connections_per_source int, max_unknown_per_second int)
  language sql stable
  as $$ select r.number, r.max_connections_per_source, r.max_unknown_per_second from rollout r
        where r.cluster_id = of_cluster and r.kind = 'policy' and (r.state = 'done' or r.state = 'watching' and r.first_id = of_node)
        order by r.number desc limit 1 $$;

-- Stores what a node reports; tells whether its digest is the cluster's (null: it is not at the cluster's position), whether the removals that it
-- holds back may be carried out (so many were confirmed), which policy it has to follow, and whether a rollout of its cluster is watched.
-- Sums count from the start of a process: a process that started later begins anew, and an older one, which hands over, is not listened to any more.
create function ack_node(of_node uuid, at_epoch bigint, at_revision bigint, with_digest text, with_names bigint, holds bigint, held_names text[],
    refusals jsonb, node_version text, is_ready boolean, process_started timestamptz, with_tries bigint, with_failures bigint, follows bigint)
  returns table (digest_matches boolean, removals_confirmed boolean, policy bigint, max_connections_per_source int, max_unknown_per_second int,
    watching boolean)
  language sql volatile security definer set search_path = public, pg_temp
  as $$ with before as (select id, cluster_id, held_removals from node where id = of_node),
        -- Removals that waited for an operator's word have it.
        freed as (update domain d set due_at = now() + random() * make_interval(secs => 1 + b.held_removals / 50.0) from before b
          where b.held_removals > 0 and holds = 0 and d.cluster_id = b.cluster_id and d.removed_at is not null and d.due_at > now()),
        stored as (
          update node n set epoch = at_epoch, revision = at_revision, digest = with_digest, names = with_names, held_removals = holds, held = held_names,
            refused = refusals, version = node_version, ready = is_ready, acked_at = now(), policy = follows,
            started_at = greatest(n.started_at, process_started),
            seen_tries = case when process_started >= coalesce(n.started_at, '-infinity') then with_tries else n.seen_tries end,
            seen_failures = case when process_started >= coalesce(n.started_at, '-infinity') then with_failures else n.seen_failures end,
            tries = n.tries + case when process_started = n.started_at then greatest(with_tries - n.seen_tries, 0)
              when process_started > coalesce(n.started_at, '-infinity') then with_tries else 0 end,
            failures = n.failures + case when process_started = n.started_at then greatest(with_failures - n.seen_failures, 0)
              when process_started > coalesce(n.started_at, '-infinity') then with_failures else 0 end,
            lagging_since = case when p.epoch = at_epoch and p.revision <= at_revision then null else coalesce(n.lagging_since, now()) end,
            differs_since = case when compared.agree then null when not compared.agree then coalesce(n.differs_since, now()) else n.differs_since end
          from cluster_position p,
            lateral (select case when p.epoch = at_epoch and p.revision = at_revision then lpad(to_hex(p.digest), 16, '0') = with_digest end as agree) compared
          where n.id = of_node and n.state = 'joined' and p.cluster_id = n.cluster_id
          returning n.id, n.cluster_id, compared.agree, holds > 0 and holds <= n.removals_confirmed and now() < n.removals_confirmed_until as confirmed)
        select t.agree, t.confirmed, coalesce(f.number, 0), f.max_connections_per_source, f.max_unknown_per_second,
          exists (select from rollout r where r.cluster_id = t.cluster_id and r.state = 'watching')
        from stored t left join lateral policy_for(t.cluster_id, t.id) f on true $$;

-- An operator's word that a node may carry out the removals that it holds back, as many as were seen, within ten minutes. Answers how many
-- the node reported last; null: no such node. More held than seen stay held.
create function confirm_removals(of_node uuid, seen bigint, by_operator text) returns bigint
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  declare reported bigint;
  begin
    update node set removals_confirmed = seen, removals_confirmed_until = now() + interval '10 minutes'
      where id = of_node and state = 'joined' returning held_removals into reported;
    if not found then return null; end if;
    insert into operator_audit (operator, action, subject, detail)
      values (by_operator, 'confirm-removals', of_node::text, jsonb_build_object('seen', seen, 'reported', reported));
    return reported;
  end $$;

-- An operator's word to revoke, drain or undrain a node; no row: there is none. Tells what came of it: done, unchanged, revoked or joining (no such
-- word is for a node in that state), or last: nobody else of its cluster receives traffic, so it is not drained. And how many others do, and how many
-- served domains the cluster has. One at a time in a cluster, so that two do not take each other for the node that stays.
create function settle_node(of_node uuid, word text) returns table (outcome text, others bigint, domains bigint)
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare n node; staying bigint; came text;
  begin
    perform 1 from cluster where id = (select cluster_id from node where id = of_node) for no key update;
    select * into n from node where id = of_node for update;
    if not found then return; end if;
    select count(*) into staying from node o where o.cluster_id = n.cluster_id and o.id <> n.id and o.state = 'joined' and o.expected;
    came := case
      when n.state = 'revoked' then 'revoked'
      when word = 'revoke' then 'done'
      when n.state = 'joining' then 'joining'
      when n.expected = (word = 'undrain') then 'unchanged'
      when word = 'drain' and staying = 0 then 'last'
      else 'done' end;
    if came = 'done' then
      case word
        when 'revoke' then update node set state = 'revoked' where id = n.id;
        when 'drain' then update node set expected = false where id = n.id;
        when 'undrain' then update node set expected = true where id = n.id;
      end case;
    end if;
    insert into operator_audit (operator, action, subject, detail)
      values (coalesce(nullif(current_setting('nameplate.operator', true), ''), session_user), word || ' node', n.id::text,
        jsonb_build_object('outcome', came, 'name', n.name, 'cluster_id', n.cluster_id));
    return query select came, staying, (select count(*) from domain d where d.cluster_id = n.cluster_id and d.was_active and d.holder);
  end $$;

-- A new id in the order of time (UUIDv7): 48 bits of milliseconds, then version and random bits.
create function new_id() returns uuid language sql volatile
  as $$ select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid $$;

-- Begins a holding, or ends it: what was seen of nodes and origin is of the time before, and so is the begin of the seven days.
-- The status is what core's StatusRule says of a domain that was not served yet in this generation; a test compares the two.
create function begin_anew(of_domain uuid, holds boolean) returns void
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare d domain; next_status text;
  begin
    update domain set holder = holds, generation = generation + 1, transfer_requested_at = null, verify_since = now(), due_at = now(),
      updated_at = now() where id = of_domain returning * into d;
    update condition set generation = d.generation, state = 'waiting', reason = 'not-checked-yet', message = 'Looked at when this domain is served.',
        evidence = '[]', who = 'nobody', fix = null, since = now(), checked_at = now(), next_check_at = null
      where domain_id = d.id and type in ('deployed', 'serving', 'origin');
    delete from domain_node where domain_id = d.id;
    next_status := case
      when d.wanted = 'removed' then 'removing'
      when d.wanted = 'suspended' then 'suspended'
      when not exists (select from condition where domain_id = d.id and type = 'dns' and reason not in ('not-checked-yet', 'gave-up')) then 'pending'
      when holds and (select count(*) from condition where domain_id = d.id and (
          (type = 'ownership' and (state = 'ok' or reason = 'proof-lost')) or (type in ('dns', 'caa') and state = 'ok')
          or (type = 'reach' and state in ('ok', 'unknown')))) = 4 then 'issuing'
      else 'verifying' end;
    if next_status <> d.status then
      update domain set status = next_status where id = d.id;
      insert into event (id, team_id, domain_id, type, message, data, at) values (new_id(), d.team_id, d.id, 'status-changed',
        format('From %s to %s.', d.status, next_status), jsonb_build_object('from', d.status, 'to', next_status), clock_timestamp());
    end if;
    insert into outbox (domain_id, team_id, priority) values (d.id, d.team_id, 3);
  end $$;

-- Moves a hostname to a claimant with proof that is at most `fresh` old: at once when the holder's own proof is gone or an operator confirmed it,
-- else it is noted as asked for. Answers moved, requested, holder (it holds it already), free (nobody does) or proof-missing.
create function move_hostname(claimant uuid, fresh interval, confirmed boolean) returns text
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare d domain; h domain; p cluster_position;
  begin
    select * into d from domain where id = claimant and removed_at is null for update;
    if not found then return 'unknown'; end if;
    if d.holder then return 'holder'; end if;
    if d.proof is null or d.proved_at < now() - fresh then return 'proof-missing'; end if;
    select * into h from domain where hostname = d.hostname and holder for update;
    if not found then return 'free'; end if;
    if h.proof is not null and not confirmed then
      -- The holder's proof is looked at again: if it is gone, asking once more succeeds.
      update domain set due_at = now(), check_requested_at = now() where id = h.id;
      insert into outbox (domain_id, team_id, priority) values (h.id, h.team_id, 3);
      update domain set transfer_requested_at = coalesce(transfer_requested_at, now()), updated_at = now() where id = d.id;
      if d.transfer_requested_at is null then
        insert into event (id, team_id, domain_id, type, message, data, at) values
          (new_id(), d.team_id, d.id, 'transfer-requested', 'Asked for the hostname; an operator has to confirm.', '{}', clock_timestamp()),
          (new_id(), h.team_id, h.id, 'transfer-requested', 'Another team proved this hostname and asked for it.', '{}', clock_timestamp());
      end if;
      return 'requested';
    end if;
    insert into event (id, team_id, domain_id, type, message, data, at) values
      (new_id(), h.team_id, h.id, 'transferred-away', 'Another team proved this hostname and holds it now.', '{}', clock_timestamp()),
      (new_id(), d.team_id, d.id, 'transferred-here', 'The hostname was transferred to this domain.', '{}', clock_timestamp());
    perform begin_anew(h.id, false);
    perform begin_anew(d.id, true);
    perform 1 from entry where cluster_id = h.cluster_id and hostname = h.hostname and domain_id = h.id and state <> 'removed';
    if found then
      p := next_entry_revision(h.cluster_id, h.hostname, false);
      update entry set state = 'removed', origin_url = null, host_header = null, certificate_id = null, requires = '{}', revision = p.revision,
          digest = entry_digest(h.hostname, p.revision), changed_at = clock_timestamp()
        where cluster_id = h.cluster_id and hostname = h.hostname;
    end if;
    return 'moved';
  end $$;

-- What a claimant may do, and what only the operator may.
create function transfer_hostname(claimant uuid, fresh interval) returns text
  language sql volatile security definer set search_path = public, pg_temp
  as $$ select case when exists (select 1 from domain where id = claimant and team_id = current_team())
          then move_hostname(claimant, fresh, false) else 'unknown' end $$;
create function confirm_transfer(claimant uuid, fresh interval) returns text
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$ declare outcome text;
  begin
    outcome := move_hostname(claimant, fresh, true);
    insert into operator_audit (operator, action, subject, detail)
      values (coalesce(nullif(current_setting('nameplate.operator', true), ''), session_user), 'confirm transfer', claimant::text,
        jsonb_build_object('outcome', outcome));
    return outcome;
  end $$;

-- Takes domains over from another provider, 500 a call at most: each holds its hostname by the operator's word, has the certificate it came with,
-- and is served by the cluster's nodes from this commit on. First looks are spread over a time. Answers, by line, imported, there (nothing to do),
-- other (the team has another domain of this name), held (somebody else holds it), or cluster (it is another team's own); only the first writes.
create function import_domains(of_cluster uuid, lines jsonb, look_within interval) returns table (line int, outcome text)
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare c cluster; p cluster_position; made uuid[]; changes bigint; word text := coalesce(nullif(current_setting('nameplate.operator', true), ''), session_user);
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
      select * into p from cluster_position where cluster_id = of_cluster for update;
      with numbered as (
          select d.*, p.revision + row_number() over (order by d.hostname) as revision from domain d where d.id = any (made)),
        before as (
          select bit_xor(e.digest) as digest from entry e join numbered n using (hostname) where e.cluster_id = of_cluster and e.state <> 'removed'),
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

-- Ends a domain: its team wants it no more. A name it held is free from now on, so that the other claims on it are looked at.
create function remove_domain(of_domain uuid) returns boolean
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  declare d domain; claim record;
  begin
    select * into d from domain where id = of_domain and removed_at is null for update;
    if not found or d.team_id is distinct from current_team() then return false; end if;
    update domain set wanted = 'removed', holder = false, generation = generation + 1, removed_at = now(), due_at = now(), updated_at = now()
      where id = d.id;
    if d.holder then
      for claim in update domain o set due_at = now(), verify_since = case when o.verify_since < now() - interval '7 days' then now() else o.verify_since end
          from (select id from domain where hostname = d.hostname and id <> d.id and removed_at is null and wanted = 'serving'
                  order by proof is null, proved_at desc nulls last, id limit 100 for update skip locked) waiting
          where o.id = waiting.id returning o.id, o.team_id loop
        insert into outbox (domain_id, team_id, priority) values (claim.id, claim.team_id, 3);
      end loop;
    end if;
    return true;
  end $$;

-- Zones in which nobody gets a hostname.
create function cluster_zones() returns setof text
  language sql stable security definer set search_path = public, pg_temp
  as $$ select cname_zone from cluster $$;

-- Addresses at which this installation itself listens, as its clusters and nodes tell; no origin may be there.
create function own_addresses() returns setof text
  language sql stable security definer set search_path = public, pg_temp
  as $$ select host(a) from cluster c, unnest(c.addresses) a
        union select substring(at from '^\[?([0-9a-fA-F.:]+?)\]?:[0-9]+$') from node n, unnest(array[n.https_address, n.http_address]) at
          where n.state <> 'revoked' and at ~ '^\[?[0-9a-fA-F.:]+\]?:[0-9]+$' $$;

-- What the operator does becomes a line, without what is secret in it.
create function audit_operator() returns trigger language plpgsql security definer set search_path = public, pg_temp
  as $$ declare seen jsonb := to_jsonb(new);
  begin
    if session_user = 'nameplate_operator' then
      insert into operator_audit (operator, action, subject, detail)
        values (coalesce(nullif(current_setting('nameplate.operator', true), ''), session_user), lower(tg_op) || ' ' || tg_table_name,
          coalesce(seen ->> 'id', seen ->> 'kind', seen ->> 'cluster_id', ''),
          seen - array['hash', 'csr', 'csr_hash', 'sealing_key', 'certificate', 'certificate_sha256', 'wrapped_key', 'sealed_cluster_key']);
    end if;
    return null;
  end $$;
do $$
declare t text;
begin
  foreach t in array array['team','api_key','cluster','join_token','retention','rollout'] loop
    execute format('create trigger audit_operator after insert or update on %I for each row execute function audit_operator()', t);
  end loop;
end $$;

-- Makes the month's partition of the history, with what lies in its range in the default one so far.
create function make_event_month(first_day date) returns void
  language plpgsql volatile security definer set search_path = public, pg_temp set lock_timeout = '5s' set timezone = 'UTC'
  as $$ declare part text := to_char(first_day, '"event_"YYYY_MM'); till date := (first_day + interval '1 month')::date;
  begin
    if to_regclass(part) is not null then return; end if;
    execute format('create table %I (like event including defaults including constraints)', part);
    execute format('with moved as (delete from event_default where at >= %L and at < %L returning *)
      insert into %I select * from moved', first_day::timestamptz, till::timestamptz, part);
    execute format('alter table event attach partition %I for values from (%L) to (%L)', part, first_day::timestamptz, till::timestamptz);
    execute format('alter table %I enable row level security', part);
    execute format('alter table %I force row level security', part);
    execute format('create policy owner_all on %I to nameplate_owner using (true) with check (true)', part);
  end $$;

-- Keeps house, hourly: this month's partition of the history and the next two exist, and what retention says goes. One caller at a time; the
-- others do nothing. Says what went, kind by kind. Counters are locked last, as everywhere, after the history.
create function keep_house() returns table (kind text, gone bigint)
  language plpgsql volatile security definer set search_path = public, pg_temp set timezone = 'UTC'
  as $$
  #variable_conflict use_column
  declare this_month date := date_trunc('month', now())::date; part text; n bigint; m bigint; of_cluster uuid; keeps jsonb; going uuid[];
  begin
    if not pg_try_advisory_xact_lock(hashtext('keep_house')) then return; end if;
    select jsonb_object_agg(r.kind, r.keep::text) into keeps from retention r;

    delete from answer where expires_at < now() - (keeps ->> 'answer')::interval;
    get diagnostics n = row_count;
    kind := 'answer'; gone := n; return next;

    delete from acme_rest where until < now() - interval '1 day'; -- limits of domains are many

    delete from idempotency where created_at < now() - (keeps ->> 'reply')::interval;
    get diagnostics n = row_count;
    kind := 'reply'; gone := n; return next;

    -- Nodes must have let go of it; its history stays as long as other lines do.
    going := array(select d.id from domain d where d.removed_at < now() - (keeps ->> 'removed-domain')::interval and d.due_at is null
      and not exists (select 1 from entry e where e.domain_id = d.id and e.state <> 'removed')
      order by d.removed_at limit 1000 for update skip locked);
    delete from domain_node where domain_id = any (going);
    delete from condition where domain_id = any (going);
    delete from certificate_key where certificate_id in (select id from certificate where domain_id = any (going));
    delete from certificate where domain_id = any (going);
    delete from issuance where domain_id = any (going);
    delete from outbox where domain_id = any (going);
    delete from domain where id = any (going);
    get diagnostics n = row_count;
    kind := 'removed-domain'; gone := n; return next;

    for i in 0..2 loop
      perform make_event_month((this_month + make_interval(months => i))::date);
    end loop;
    n := 0;
    for part in select relid::regclass::text from pg_partition_tree('event') where isleaf and relid::regclass::text ~ '^event_[0-9]{4}_[0-9]{2}$' loop
      if to_date(substring(part from 7), 'YYYY_MM') + interval '1 month' <= now() - (keeps ->> 'event')::interval then
        execute format('drop table %I', part);
        n := n + 1;
      end if;
    end loop;
    kind := 'event'; gone := n; return next;

    -- Nodes learn that tombstones are gone before they are: the mark moves now, those behind it go the next time.
    n := 0;
    for of_cluster in select cluster_id from cluster_position order by cluster_id loop
      perform 1 from cluster_position where cluster_id = of_cluster for update;
      delete from entry e using cluster_position p
        where p.cluster_id = of_cluster and e.cluster_id = of_cluster and e.state = 'removed' and e.revision <= p.tombstones_purged_to
          and not exists (select 1 from domain d where d.id = e.domain_id and d.removed_at is not null and d.due_at is not null);
      get diagnostics m = row_count;
      n := n + m;
      update cluster_position set tombstones_purged_to = greatest(tombstones_purged_to, coalesce((select max(e.revision) from entry e
          where e.cluster_id = of_cluster and e.state = 'removed' and e.changed_at < now() - (keeps ->> 'tombstone')::interval), 0))
        where cluster_id = of_cluster;
    end loop;
    kind := 'tombstone'; gone := n; return next;
  end $$;

-- After a dump was restored into another server: its transactions are younger than the new server's, which would hide the history from
-- readers, and nodes know revisions that the dump does not. Epochs only grow, also when the same dump is restored twice.
create function after_restore() returns void
  language sql volatile security definer set search_path = public, pg_temp
  as $$ update event set xid = '3' where xid <> '3';
        update cluster_position set epoch = greatest(epoch + 1, extract(epoch from now())::bigint), restored_at = now();
        update domain set due_at = now() where due_at is not null; $$;

-- The nodes that receive traffic and have not acked since a dump was restored: what they serve is not known yet, so nothing is ordered. Null:
-- nothing was restored, or all have, which ends it for good.
create function nodes_to_compare(of_cluster uuid) returns text[]
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  declare waiting text[];
  begin
    if not exists (select from cluster_position where cluster_id = of_cluster and restored_at is not null) then return null; end if;
    waiting := array(select n.name from node n join cluster_position p on p.cluster_id = n.cluster_id
      where n.cluster_id = of_cluster and n.state = 'joined' and n.expected and n.epoch is distinct from p.epoch order by n.name);
    if waiting <> '{}' then return waiting; end if;
    update cluster_position set restored_at = null where cluster_id = of_cluster;
    return null;
  end $$;

-- An operator's word that a cluster's domains are ordered for although nodes were not compared with what was restored. Answers which were not;
-- null: nothing waited.
create function resume_orders(of_cluster uuid, by_operator text) returns text[]
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  declare waiting text[] := nodes_to_compare(of_cluster);
  begin
    if waiting is null then return null; end if;
    update cluster_position set restored_at = null where cluster_id = of_cluster;
    insert into operator_audit (operator, action, subject, detail)
      values (by_operator, 'resume-orders', of_cluster::text, jsonb_build_object('waiting', to_jsonb(waiting)));
    return waiting;
  end $$;

do $$
declare f text;
begin
  for f in select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef loop
    execute format('revoke execute on function %s from public', f);
  end loop;
end $$;
grant execute on function find_api_key(bytea), cluster_zones(), own_addresses() to nameplate_api;
grant execute on function own_addresses() to nameplate_operator;
grant execute on function held_by_another_domain(text, uuid), address_proves(uuid), remove_domain(uuid) to nameplate_api;
grant execute on function keep_house() to nameplate_worker;
grant execute on function known_orders(text[]), failed_tries(text, timestamptz), claim_stale_windows(text, int, timestamptz) to nameplate_worker;
grant execute on function team_of_domain(uuid) to nameplate_worker, nameplate_operator;
grant execute on function claim_due_domains(int, int, interval), claim_outbox(int), delete_outbox(bigint[]) to nameplate_worker;
grant execute on function hasten_domains(uuid, uuid, int, interval) to nameplate_worker, nameplate_operator;
grant execute on function holder_of(text), held_before_by_another(text, uuid) to nameplate_worker;
grant execute on function write_entry(uuid, bigint, text, uuid, text[]), remove_entry(uuid) to nameplate_api, nameplate_worker;
grant execute on function put_answer(uuid, text, text, timestamptz), remove_answer(uuid, text) to nameplate_worker;
grant execute on function nodes_to_compare(uuid) to nameplate_worker;
grant execute on function confirm_removals(uuid, bigint, text), settle_node(uuid, text), resume_orders(uuid, text) to nameplate_operator;
grant execute on function node_by_certificate(bytea), joining_node(bytea, uuid), revoked_among(uuid[]),
  ack_node(uuid, bigint, bigint, text, bigint, bigint, text[], jsonb, text, boolean, timestamptz, bigint, bigint, bigint),
  join_node(bytea, bytea, uuid, text, text, text, text, text[], text, bytea) to nameplate_edge;
grant execute on function transfer_hostname(uuid, interval) to nameplate_api;
grant execute on function confirm_transfer(uuid, interval), import_domains(uuid, jsonb, interval) to nameplate_operator;

select keep_house();
