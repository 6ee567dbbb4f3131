package io.nameplate.dns;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What was seen of a domain in DNS at one moment.
///
/// @param hops the name itself, then each alias's target; never empty
/// @param end how following the aliases ended
/// @param token what the claim's TXT name holds; an alias there is not followed
/// @param caa names asked for CAA in the CA's order, up to the first that has records
/// @param acmeChallenge what `_acme-challenge.<name>` holds
/// @param delegation the name servers of the name's zone; empty where only resolvers are asked
/// @param resolvers each validating resolver's view; empty: none is configured
public record DnsObservation(
    Instant at,
    List<Hop> hops,
    End end,
    Answers token,
    List<CaaLook> caa,
    Answers acmeChallenge,
    Optional<Delegation> delegation,
    List<ResolverView> resolvers) {

  public DnsObservation {
    hops = List.copyOf(hops);
    caa = List.copyOf(caa);
    resolvers = List.copyOf(resolvers);
  }

  /// How following the aliases ended.
  public enum End {
    /// At a name that is not an alias.
    REACHED,
    /// At a name that was there before.
    LOOP,
    /// After the number of aliases that resolvers follow.
    TOO_LONG,
    /// At servers that disagree or say nothing.
    UNCLEAR
  }

  /// Every address that any server gave for the name, to be dialled.
  public Set<InetAddress> addresses() {
    var last = hops.getLast();
    return Stream.of(last.a(), last.aaaa())
        .flatMap(answers -> answers.replies().stream())
        .map(ServerReply::reply)
        .filter(Reply.Records.class::isInstance)
        .flatMap(reply -> ((Reply.Records) reply).values().stream())
        .flatMap(text -> io.nameplate.addresses.AddressText.parse(text).stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
