package io.nameplate.adapters.dns;

import static io.nameplate.adapters.dns.ScriptedServer.answer;
import static io.nameplate.adapters.dns.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.Cidr;
import io.nameplate.dns.Answers;
import io.nameplate.dns.Reply;
import io.nameplate.dns.ServerReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/// Servers that behave in ways the sandbox's do not.
class ZoneWalkIT {
  private static final Name SHOP = name("shop.acme.com.");
  private static final Reply RIGHT = new Reply.Records(List.of("192.0.2.1"));
  private static final DnsSettings.Limits QUICK =
      new DnsSettings.Limits(
          30,
          20,
          4,
          8,
          Duration.ofSeconds(4), // for a server in this process, on a machine that does much else
          Duration.ofSeconds(4),
          Duration.ofSeconds(4),
          Duration.ofSeconds(4),
          Duration.ofSeconds(30));

  @Test
  void asksAgainPlainlyWhereExtensionsAreRefused() throws IOException {
    assertThat(
            replies(query -> {
              var formerr = reply(query);
              formerr.getHeader().setRcode(Rcode.FORMERR);
              return List.of(query.getOPT() == null ? rightAnswer(query) : formerr);
            }))
        .containsExactly(RIGHT);
  }

  @Test
  void ignoresGuessesThatArriveBeforeTheAnswer() throws IOException {
    assertThat(
            replies(query -> {
              var guess = answer(query, a(SHOP, "192.0.2.66"));
              guess.getHeader().setID(query.getHeader().getID() ^ 1);
              return List.of(guess, rightAnswer(query));
            }))
        .containsExactly(RIGHT);
  }

  @Test
  void takesNoAnswerToAnotherQuestion() throws IOException {
    var failed =
        replies(query -> {
          var other = reply(query);
          other.removeAllRecords(Section.QUESTION);
          other.addRecord(Record.newRecord(name("evil.com."), Type.A, DClass.IN), Section.QUESTION);
          other.addRecord(a(SHOP, "192.0.2.66"), Section.ANSWER);
          return List.of(other);
        });
    assertThat(failed).first().isInstanceOf(Reply.Failed.class);
    assertThat(((Reply.Failed) failed.getFirst()).failure()).isEqualTo(Reply.Failure.GARBLED);
  }

  @Test
  void takesRecordsOfTheNameItAskedForOnly() throws IOException {
    assertThat(replies(query -> List.of(answer(query, a(name("evil.com."), "192.0.2.66")))))
        .containsExactly(new Reply.NoRecords());
  }

  @Test
  void anAnswerWithoutAuthorityIsALameServers() throws IOException {
    var replies =
        replies(query -> {
          var cached = reply(query);
          cached.addRecord(a(SHOP, "192.0.2.66"), Section.ANSWER);
          return List.of(cached);
        });
    assertThat(((Reply.Failed) replies.getFirst()).failure()).isEqualTo(Reply.Failure.LAME);
  }

  @Test
  void passesNoControlCharactersOn() throws IOException {
    assertThat(RecordText.of(new TXTRecord(SHOP, DClass.IN, 60, "a\u0000b\nc")))
        .isEqualTo("a\ufffdb\ufffdc");
  }

  @Test
  void givesAServerThatDripsByTcpNoMoreTime() throws IOException {
    try (var udp =
            new ScriptedServer(
                "127.0.53.95",
                0,
                query -> {
                  var cut = answer(query);
                  cut.getHeader().setFlag(Flags.TC);
                  return List.of(cut);
                });
        var tcp = new ServerSocket(udp.port(), 5, InetAddress.ofLiteral("127.0.53.95"))) {
      Thread.ofVirtual().start(() -> drip(tcp));
      long begin = System.nanoTime();
      var said = said(walk(udp, AddressPolicy.PUBLIC).ask(SHOP, Type.A).answers());
      assertThat(((Reply.Failed) said.getFirst()).failure()).isEqualTo(Reply.Failure.SILENT);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(150));
    }
  }

  private static void drip(ServerSocket tcp) {
    try (var connection = tcp.accept()) {
      for (int i = 0; i < 4_000; i++) {
        connection.getOutputStream().write(1);
        Thread.sleep(50); // the fault itself
      }
    } catch (IOException | InterruptedException _) {
      // the asker hung up
    }
  }

  @Test
  void asksTwiceAndThenNoMoreInThisLook() throws IOException {
    try (var silent = new ScriptedServer("127.0.53.99", 0, _ -> List.of())) {
      var walk = walk(silent, AddressPolicy.PUBLIC);
      assertThat(said(walk.ask(SHOP, Type.A).answers()).getFirst())
          .isInstanceOf(Reply.Failed.class);
      assertThat(silent.asked()).isEqualTo(2);
      walk.ask(SHOP, Type.AAAA);
      assertThat(silent.asked()).isEqualTo(2);
    }
  }

  @Test
  void addressesOfServersCountOnlyWhereTheReferringZoneCanKnowThem() throws IOException {
    // com may know where ns.com is; where ns.evil.net is it can only claim.
    assertThat(askedOfGlue(name("ns.com."))).isPositive();
    assertThat(askedOfGlue(name("ns.evil.net."))).isZero();
  }

  /// The root refers to com and com to acme.com, whose server is said to have another's address.
  private static int askedOfGlue(Name server) throws IOException {
    var steps = new AtomicInteger();
    try (var other = new ScriptedServer("127.0.53.98", 0, query -> List.of(rightAnswer(query)));
        var registry =
            new ScriptedServer(
                "127.0.53.97",
                other.port(),
                query -> {
                  if (!query.getQuestion().getName().equals(SHOP)) {
                    return List.of(answer(query));
                  }
                  return List.of(
                      steps.getAndIncrement() == 0
                          ? referral(query, name("com."), name("ns.com."), "127.0.53.97")
                          : referral(query, name("acme.com."), server, "127.0.53.98"));
                })) {
      walk(registry, allowing("127.0.53.0/24")).ask(SHOP, Type.A);
      return other.asked();
    }
  }

  @Test
  void aZoneWithoutEndStaysWithinTheLooksShare() throws IOException {
    // Every name below is a zone of its own again, and its servers are named in yet another.
    try (var endless =
        new ScriptedServer(
            "127.0.53.96",
            0,
            query -> {
              var asked = query.getQuestion().getName();
              var zone = new Name(asked, Math.max(0, asked.labels() - 3));
              return List.of(referral(query, zone, name("ns." + asked.hashCode() + ".net."), null));
            })) {
      walk(endless, allowing("127.0.53.0/24")).ask(SHOP, Type.A);
      assertThat(endless.asked()).isLessThanOrEqualTo(QUICK.queriesPerServer());
    }
  }

  private static List<Reply> replies(Function<Message, List<Message>> script) throws IOException {
    try (var server = new ScriptedServer("127.0.53.99", 0, script)) {
      return said(walk(server, AddressPolicy.PUBLIC).ask(SHOP, Type.A).answers());
    }
  }

  private static List<Reply> said(Answers answers) {
    return answers.replies().stream().map(ServerReply::reply).toList();
  }

  private static ZoneWalk walk(ScriptedServer root, AddressPolicy policy) {
    var settings =
        new DnsSettings(
            DnsSettings.Asking.AUTHORITIES,
            List.of(root.address()),
            root.port(),
            List.of(),
            policy,
            QUICK);
    return new ZoneWalk(
        settings,
        new DnsExchange(new Budget(QUICK), QUICK),
        new AtOnce(),
        new KnownZones(),
        zone -> zone.labels() <= 2);
  }

  private static AddressPolicy allowing(String range) {
    return new AddressPolicy(List.of(Cidr.parse(range)), List.of());
  }

  private static Message rightAnswer(Message query) {
    return answer(query, a(SHOP, "192.0.2.1"));
  }

  private static Message referral(Message query, Name zone, Name server, @Nullable String glue) {
    var referral = reply(query);
    referral.addRecord(new NSRecord(zone, DClass.IN, 60, server), Section.AUTHORITY);
    if (glue != null) {
      referral.addRecord(a(server, glue), Section.ADDITIONAL);
    }
    return referral;
  }

  private static Record a(Name name, String address) {
    return new ARecord(name, DClass.IN, 60, InetAddress.ofLiteral(address));
  }

  private static Name name(String text) {
    return Name.fromConstantString(text);
  }
}
