package io.nameplate.adapters.dns;

import io.nameplate.adapters.dns.DnsExchange.Manner;
import io.nameplate.dns.Reply;
import io.nameplate.dns.ResolverView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// What validating resolvers make of a name. One that fails is asked again without validation: if
/// it answers then, the signatures are to blame.
record ResolverCheck(List<InetSocketAddress> resolvers, DnsExchange exchange, AtOnce atOnce) {

  /// Where the name leads.
  List<ResolverView> look(Name name) {
    return each(resolver -> look(resolver, name));
  }

  /// Whether the zone resolves, without making resolvers remember anything of the name.
  List<ResolverView> lookAtZone(Name zone) {
    return each(resolver -> lookAtZone(resolver, zone));
  }

  private List<ResolverView> each(Function<InetSocketAddress, ResolverView> question) {
    var questions =
        resolvers.stream()
            .map(resolver -> (Callable<ResolverView>) () -> question.apply(resolver))
            .toList();
    return questions.isEmpty() ? List.of() : atOnce.all(questions);
  }

  private ResolverView lookAtZone(InetSocketAddress resolver, Name zone) {
    var shown = DnsExchange.shown(resolver);
    return switch (exchange.ask(resolver, zone, Type.SOA, Manner.RESOLVER)) {
      case Heard.Nothing _ -> new ResolverView.Silent(shown);
      case Heard.Answer(var message) ->
          message.getRcode() == Rcode.NOERROR || message.getRcode() == Rcode.NXDOMAIN
              ? new ResolverView.SeesZone(shown, RecordText.of(zone))
              : failed(resolver, zone, Type.SOA, message);
    };
  }

  private ResolverView look(InetSocketAddress resolver, Name name) {
    var shown = DnsExchange.shown(resolver);
    var heard =
        atOnce.all(
            List.<Callable<Heard>>of(
                () -> exchange.ask(resolver, name, Type.A, Manner.RESOLVER),
                () -> exchange.ask(resolver, name, Type.AAAA, Manner.RESOLVER)));
    var messages =
        heard.stream()
            .filter(Heard.Answer.class::isInstance)
            .map(answer -> ((Heard.Answer) answer).message())
            .toList();
    if (messages.size() < heard.size()) {
      return new ResolverView.Silent(shown);
    }
    for (int i = 0; i < messages.size(); i++) {
      int rcode = messages.get(i).getRcode();
      if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
        return failed(resolver, name, i == 0 ? Type.A : Type.AAAA, messages.get(i));
      }
    }
    var addresses = new HashSet<InetAddress>();
    messages.forEach(message -> addresses.addAll(addresses(message)));
    return addresses.isEmpty()
        ? new ResolverView.SeesNothing(
            shown, messages.stream().anyMatch(m -> m.getRcode() == Rcode.NXDOMAIN))
        : new ResolverView.Sees(shown, addresses);
  }

  private ResolverView failed(InetSocketAddress resolver, Name name, int type, Message message) {
    var shown = DnsExchange.shown(resolver);
    var detail = Rcode.string(message.getRcode()) + ResolverErrors.text(message);
    if (message.getRcode() != Rcode.SERVFAIL) {
      return new ResolverView.Fails(shown, detail);
    }
    return switch (exchange.ask(resolver, name, type, Manner.RESOLVER_UNCHECKED)) {
      case Heard.Nothing(Reply.Failed(_, var why)) -> new ResolverView.Fails(shown, why);
      case Heard.Answer(var unchecked) ->
          unchecked.getRcode() == Rcode.NOERROR || unchecked.getRcode() == Rcode.NXDOMAIN
              ? new ResolverView.Bogus(shown, detail)
              : new ResolverView.Fails(shown, detail);
    };
  }

  private static Set<InetAddress> addresses(Message message) {
    var addresses = new HashSet<InetAddress>();
    for (var record : message.getSection(Section.ANSWER)) {
      if (record instanceof ARecord a) {
        addresses.add(a.getAddress());
      } else if (record instanceof AAAARecord aaaa) {
        addresses.add(aaaa.getAddress());
      }
    }
    return addresses;
  }
}
