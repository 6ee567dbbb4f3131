package io.nameplate.sandbox.dns;

import io.nameplate.sandbox.dns.NameServers.Role;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Type;

/// The pretend internet's DNS, running: servers for all zones and a recursive one, and the commands
/// that change what they say. A command is done when it returns: the next question sees it. What
/// was set outlives restarts.
public final class Dns implements Closeable {
  /// How long resolvers may keep a record if nothing else is said.
  public static final long DEFAULT_TTL_SECONDS = Zones.TTL_SECONDS;

  private final Zones zones;
  private final RecursiveFace recursive;
  private final QueryLog log;
  private final DnsJournal journal;
  private final List<DnsListener> listeners;
  private final ExecutorService threads;
  private final ReentrantLock oneChange = new ReentrantLock();

  /// A record set as people write it.
  ///
  /// @param name absolute, no trailing dot
  /// @param values in zone-file form, TXT unquoted
  public record Entry(String name, String type, long ttlSeconds, List<String> values) {
    public Entry {
      values = List.copyOf(values);
    }
  }

  private Dns(
      Zones zones,
      RecursiveFace recursive,
      QueryLog log,
      DnsJournal journal,
      List<DnsListener> listeners,
      ExecutorService threads) {
    this.zones = zones;
    this.recursive = recursive;
    this.log = log;
    this.journal = journal;
    this.listeners = listeners;
    this.threads = threads;
  }

  /// Starts all servers with those entries and what that directory remembers.
  public static Dns start(
      NameServers servers,
      InetAddress recursiveAddress,
      List<Entry> configured,
      Path data,
      InstantSource clock)
      throws IOException {
    Files.createDirectories(data);
    var signer = new Signer(Signer.keyIn(data.resolve("dnssec-rsa.key")), clock);
    Files.writeString(data.resolve("root.anchor"), signer.anchorOf(Name.root, 3_600) + "\n");
    var zones = new Zones(servers, signer, clock);
    configured.forEach(entry -> zones.set(parsed(entry)));
    var log = new QueryLog();
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    var recursive = new RecursiveFace(servers, zones, log, clock, threads);
    var journal = DnsJournal.replay(data.resolve("dns.journal"), zones);
    var listeners = new ArrayList<DnsListener>();
    var dns = new Dns(zones, recursive, log, journal, listeners, threads);
    try {
      dns.listen(servers, new Authority(zones, log, clock), recursiveAddress);
    } catch (IOException e) {
      dns.close();
      throw e;
    }
    return dns;
  }

  private void listen(NameServers servers, Authority authority, InetAddress recursiveAddress)
      throws IOException {
    for (var role : Role.values()) {
      for (int index = 0; index < 2; index++) {
        var server = servers.server(role, index);
        listeners.add(
            DnsListener.immediate(
                server.address(),
                (query, transport) -> authority.answer(query, server, transport)));
      }
    }
    listeners.add(
        DnsListener.waiting(
            new InetSocketAddress(recursiveAddress, servers.port()), recursive::answer, threads));
  }

  /// Replaces the record set of that name and type; makes zone and delegation when there is none.
  ///
  /// @throws DnsInputException if anything about it is wrong
  public void set(Entry entry) {
    var set = parsed(entry);
    change(
        () -> {
          zones.set(set);
          return true;
        },
        () -> journal.set(entry));
  }

  private static RRset parsed(Entry entry) {
    var name = RecordText.name("name", entry.name());
    int type = RecordText.type(entry.type());
    return RecordText.set(name, type, entry.ttlSeconds(), entry.values());
  }

  /// Removes the record set of that type, or all of them.
  ///
  /// @return whether there was one
  public boolean unset(String name, Optional<String> type) {
    var parsed = RecordText.name("name", name);
    return change(
        () ->
            type.isPresent()
                ? zones.unset(parsed, RecordText.type(type.get()))
                : zones.unset(parsed),
        () -> journal.unset(name, type));
  }

  /// Gives the name a fault in place of the one it has. The word `none` heals it.
  public void fault(String name, String word) {
    var parsed = RecordText.name("name", name);
    var fault = DnsFault.of(word);
    if (fault.isEmpty() && !word.equals("none")) {
      throw new DnsInputException(
          "fault", "\"%s\" is no fault (expected: %s)".formatted(word, DnsFault.words()));
    }
    change(
        () -> {
          zones.fault(parsed, fault);
          return true;
        },
        () -> journal.fault(name, word));
  }

  /// One at a time, so that the journal has them in the order in which they were made.
  private boolean change(BooleanSupplier make, Runnable writeDown) {
    oneChange.lock();
    try {
      boolean made = make.getAsBoolean();
      recursive.forget();
      writeDown.run();
      return made;
    } finally {
      oneChange.unlock();
    }
  }

  /// What was set at that name and below it; empty is everywhere.
  public List<Entry> entries(Optional<String> below) {
    return zones.setsFrom(root(below)).stream()
        .map(set ->
            new Entry(
                set.getName().toString(true),
                Type.string(set.getType()),
                set.getTTL(),
                RecordText.values(set)))
        .toList();
  }

  /// The faults there are, by name.
  public Map<String, String> faults(Optional<String> below) {
    var root = root(below);
    var words = new TreeMap<String, String>();
    zones
        .faults()
        .forEach((name, fault) -> {
          if (name.subdomain(root)) {
            words.put(name.toString(true), fault.word());
          }
        });
    return words;
  }

  /// How often names at or below that one were asked for; empty is everywhere.
  public List<QueryLog.Counted> queries(Optional<String> below) {
    return log.below(root(below));
  }

  public void forgetQueries() {
    log.clear();
  }

  private static Name root(Optional<String> name) {
    return name.map(text -> RecordText.name("name", text)).orElse(Name.root);
  }

  @Override
  public void close() throws IOException {
    for (var listener : listeners) {
      listener.close();
    }
    threads.shutdownNow();
    journal.close();
  }
}
