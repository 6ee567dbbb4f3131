package io.nameplate.dns;

import io.nameplate.domains.Hostname;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;

/// What a domain's records should say.
///
/// @param name the domain's name
/// @param cnameTarget this claim's own target, `<label>.<cnameZone>`
/// @param txtName where this claim's token belongs, `_nameplate.<name>`
/// @param txtToken the token, the whole value of the record
/// @param clusterAddresses the cluster's public addresses
/// @param addressProves whether pointing at those addresses proves this claim
/// @param caa the CA that is to issue
/// @param apex whether the name is a registrable domain, which cannot have a CNAME
/// @param cnameZone the cluster's zone
public record DnsExpectation(
    Hostname name,
    String cnameTarget,
    String txtName,
    String txtToken,
    Set<InetAddress> clusterAddresses,
    boolean addressProves,
    CaaIdentity caa,
    boolean apex,
    String cnameZone) {

  public DnsExpectation {
    cnameTarget = plain(cnameTarget);
    txtName = plain(txtName);
    cnameZone = plain(cnameZone);
    clusterAddresses = Set.copyOf(clusterAddresses);
  }

  private static String plain(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
