package io.nameplate.adapters.dns;

import java.util.List;
import java.util.Set;
import org.xbill.DNS.Name;

/// A zone as its parent delegates it.
///
/// @param listed the names of its servers at the parent, as text
/// @param shared whether many people's names lie under it (the root, public suffixes, our own
///   zone): then one server that answers is enough, and the delegation may be remembered
record Zone(Name name, List<NameServer> servers, Set<String> listed, boolean shared) {
  Zone {
    servers = List.copyOf(servers);
    listed = Set.copyOf(listed);
  }
}
