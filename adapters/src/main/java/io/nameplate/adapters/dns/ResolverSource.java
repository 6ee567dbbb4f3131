package io.nameplate.adapters.dns;

import io.nameplate.adapters.dns.DnsExchange.Manner;
import io.nameplate.dns.Answers;
import io.nameplate.dns.Delegation;
import io.nameplate.dns.Reply;
import io.nameplate.dns.ServerReply;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/// Asks configured resolvers in the place of the zones' own servers.
final class ResolverSource implements AnswerSource {
  private final List<InetSocketAddress> resolvers;
  private final DnsExchange exchange;
  private final AtOnce atOnce;

  ResolverSource(List<InetSocketAddress> resolvers, DnsExchange exchange, AtOnce atOnce) {
    this.resolvers = resolvers;
    this.exchange = exchange;
    this.atOnce = atOnce;
  }

  @Override
  public Asked ask(Name name, int type) {
    var questions =
        resolvers.stream()
            .map(resolver -> (Callable<ServerReply>) () -> ask(resolver, name, type))
            .toList();
    return new Asked(
        "", new Answers(RecordText.of(name), Type.string(type), atOnce.all(questions)));
  }

  private ServerReply ask(InetSocketAddress resolver, Name name, int type) {
    var shown = "resolver " + DnsExchange.shown(resolver);
    return switch (exchange.ask(resolver, name, type, Manner.RESOLVER)) {
      case Heard.Nothing(var why) -> new ServerReply(shown, why);
      case Heard.Answer(var message) ->
          new ServerReply(
              shown,
              switch (Said.byResolver(message, name, type)) {
                case Said.Final(var reply) -> reply;
                case Said.Referral _ ->
                    new Reply.Failed(Reply.Failure.LAME, "is no resolver (refers elsewhere)");
              });
    };
  }

  @Override
  public Optional<Delegation> delegation(Name name) {
    return Optional.empty();
  }

  @Override
  public Asked askUnlisted(Name name, int type, Delegation delegation) {
    return new Asked("", new Answers(RecordText.of(name), Type.string(type), List.of()));
  }
}
