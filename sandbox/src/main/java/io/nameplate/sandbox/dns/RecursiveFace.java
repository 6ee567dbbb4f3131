package io.nameplate.sandbox.dns;

import io.nameplate.sandbox.dns.QueryLog.Transport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.dnssec.ValidatingResolver;

/// The resolver people are given: recursive, validating from the root's key (RFC 4035 §3.2),
/// remembering answers for a moment and nothing across a change.
final class RecursiveFace {
  /// At most, and not longer than the records live; failures are not remembered at all.
  private static final long REMEMBERED_SECONDS = Zones.TTL_SECONDS;

  private static final int MAX_REMEMBERED = 50_000;
  private static final Name NAME = Name.fromConstantString("resolver.sandbox.");

  private final NameServers servers;
  private final String anchor;
  private final QueryLog log;
  private final InstantSource clock;
  private final Executor threads;
  private final BooleanSupplier isFlapping;
  private volatile Optional<Memory> memory = Optional.empty();

  private record Question(Name name, int type, boolean isChecked) {}

  private record Remembered(Message message, Instant until) {}

  /// All that one generation of the zones has taught: answers, and the keys the validator trusts.
  private record Memory(
      IteratingResolver iterating,
      ValidatingResolver validator,
      Map<Question, Remembered> answers) {}

  RecursiveFace(
      NameServers servers, Zones zones, QueryLog log, InstantSource clock, Executor threads) {
    this.servers = servers;
    this.anchor = zones.signer().keyOf(Name.root).toString();
    this.isFlapping = zones::isFlapping;
    this.log = log;
    this.clock = clock;
    this.threads = threads;
  }

  /// Forgets all it knows.
  void forget() {
    memory = Optional.empty();
  }

  /// Made when it is first needed: many changes may come before a question. Two at once do no harm.
  private Memory current() {
    var known = memory;
    if (known.isPresent()) {
      return known.get();
    }
    var fresh = fresh();
    memory = Optional.of(fresh);
    return fresh;
  }

  private Memory fresh() {
    var iterating = new IteratingResolver(servers, threads);
    var validator = new ValidatingResolver(iterating);
    validator.setAddReasonToAdditional(false);
    try {
      validator.loadTrustAnchors(
          new ByteArrayInputStream(anchor.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new UncheckedIOException("the root's key is a trust anchor", e);
    }
    return new Memory(iterating, validator, new ConcurrentHashMap<>());
  }

  Optional<Message> answer(Message query, Transport transport) {
    var question = query.getQuestion();
    if (question == null) {
      return Optional.of(Reply.error(query, Rcode.FORMERR));
    }
    log.count(NAME, question.getName(), question.getType(), transport);
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      return Optional.of(Reply.error(query, Rcode.NOTIMP));
    }
    if (question.getDClass() != DClass.IN) {
      return Optional.of(Reply.error(query, Rcode.REFUSED));
    }
    boolean isChecked = !query.getHeader().getFlag(Flags.CD);
    return Optional.of(told(query, found(question, isChecked)));
  }

  private Message found(Record question, boolean isChecked) {
    var now = clock.instant();
    var current = current();
    var key = new Question(question.getName(), question.getType(), isChecked);
    var known = current.answers().get(key);
    if (known != null && now.isBefore(known.until())) {
      return known.message();
    }
    var message =
        isChecked ? validated(current, question) : current.iterating().answer(asked(question));
    var until = now.plus(lifetime(message));
    if (until.isAfter(now)) {
      if (current.answers().size() >= MAX_REMEMBERED) {
        current.answers().clear();
      }
      current.answers().put(key, new Remembered(message, until));
    }
    return message;
  }

  /// How long the answer holds: as long as the shortest-lived of its records, or, for an answer
  /// that something is not there, as its SOA says (RFC 2308 §5). Zero while any name comes and goes
  /// by itself, as then no answer can be relied on.
  private Duration lifetime(Message message) {
    if (message.getRcode() == Rcode.SERVFAIL || isFlapping.getAsBoolean()) {
      return Duration.ZERO;
    }
    long seconds = REMEMBERED_SECONDS;
    for (var each : message.getSection(Section.ANSWER)) {
      seconds = Math.min(seconds, each.getTTL());
    }
    for (var each : message.getSection(Section.AUTHORITY)) {
      if (each instanceof SOARecord soa) {
        seconds = Math.min(seconds, Math.min(soa.getTTL(), soa.getMinimum()));
      }
    }
    return Duration.ofSeconds(seconds);
  }

  private Message validated(Memory current, Record question) {
    try {
      var answer =
          current.validator().sendAsync(asked(question), threads).toCompletableFuture().join();
      boolean isFailure = answer.getHeader().getRcode() == Rcode.SERVFAIL;
      return isFailure ? current.iterating().failure(question).orElse(answer) : answer;
    } catch (CompletionException e) {
      throw new IllegalStateException("validation of " + question, e);
    }
  }

  private static Message asked(Record question) {
    var query = Message.newQuery(question);
    query.addRecord(new OPTRecord(Reply.MAX_UDP_BYTES, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    return query;
  }

  /// The answer as this asker wants it: signatures and the AD bit only where they are understood.
  private static Message told(Message query, Message found) {
    var reply = new Reply(query).flag(Flags.RA).rcode(found.getHeader().getRcode());
    boolean isUnderstood = reply.wantsSignatures() || query.getHeader().getFlag(Flags.AD);
    if (isUnderstood && found.getHeader().getFlag(Flags.AD)) {
      reply.flag(Flags.AD);
    }
    for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
      for (var each : found.getSection(section)) {
        boolean isWanted =
            reply.wantsSignatures()
                || !Reply.isForValidation(each.getType())
                || each.getType() == query.getQuestion().getType();
        if (isWanted) {
          reply.add(section, each);
        }
      }
    }
    return reason(found)
        .map(why -> reply.because(why.getErrorCode(), why.getText()))
        .orElseGet(reply::message);
  }

  private static Optional<ExtendedErrorCodeOption> reason(Message found) {
    var opt = found.getOPT();
    return opt == null
        ? Optional.empty()
        : opt.getOptions().stream()
            .filter(ExtendedErrorCodeOption.class::isInstance)
            .map(ExtendedErrorCodeOption.class::cast)
            .findFirst();
  }
}
