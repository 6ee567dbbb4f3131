package io.nameplate.sandbox.dns;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Type;

/// What people did to the DNS, one JSON object a line, so that a restart brings it back. A line cut
/// off by a crash ends the reading.
final class DnsJournal implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(DnsJournal.class);
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Writer out;

  private DnsJournal(Writer out) {
    this.out = out;
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Line.Zone.class, name = "zone"),
    @JsonSubTypes.Type(value = Line.SetRecords.class, name = "set"),
    @JsonSubTypes.Type(value = Line.Unset.class, name = "unset"),
    @JsonSubTypes.Type(value = Line.Fault.class, name = "fault")
  })
  sealed interface Line {
    record Zone(String name) implements Line {}

    record SetRecords(String name, String type, long ttl, List<String> values) implements Line {}

    record Unset(String name, @Nullable String type) implements Line {}

    record Fault(String name, String fault) implements Line {}
  }

  /// Does again what the file says, then writes it anew without what was undone since. What the
  /// zones hold before is not written: it comes from the configuration.
  static DnsJournal replay(Path file, Zones zones) throws IOException {
    var configured = linesOf(zones);
    var before = zones.setsFrom(Name.root);
    if (Files.exists(file)) {
      for (var line : Files.readAllLines(file)) {
        if (!redo(line, zones)) {
          break;
        }
      }
    }
    var compact = file.resolveSibling(file.getFileName() + ".new");
    var lines = linesOf(zones);
    lines.removeAll(Set.copyOf(configured));
    lines.addAll(0, unset(before, zones));
    Files.write(compact, lines);
    Files.move(compact, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new DnsJournal(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
  }

  /// Of the sets that the configuration made those that are gone.
  private static List<String> unset(List<RRset> configured, Zones zones) {
    return configured.stream()
        .filter(set ->
            zones.setsFrom(set.getName()).stream()
                .noneMatch(
                    now -> now.getName().equals(set.getName()) && now.getType() == set.getType()))
        .map(set -> json(new Line.Unset(set.getName().toString(true), Type.string(set.getType()))))
        .toList();
  }

  private static boolean redo(String line, Zones zones) {
    try {
      redo(JSON.readValue(line, Line.class), zones);
      return true;
    } catch (JsonProcessingException e) {
      LOG.warn("The journal of the DNS ends in a line that cannot be read line={}", line);
      return false;
    } catch (DnsInputException e) {
      LOG.warn("A change of the DNS is not possible any more line={}", line, e);
      return true;
    }
  }

  private static void redo(Line change, Zones zones) {
    switch (change) {
      case Line.Zone(var name) -> zones.makeAt(RecordText.name("name", name));
      case Line.SetRecords(var name, var type, var ttl, var values) ->
          zones.set(
              RecordText.set(RecordText.name("name", name), RecordText.type(type), ttl, values));
      case Line.Unset(var name, var type) -> {
        if (type == null) {
          zones.unset(RecordText.name("name", name));
        } else {
          zones.unset(RecordText.name("name", name), RecordText.type(type));
        }
      }
      case Line.Fault(var name, var word) ->
          zones.fault(RecordText.name("name", name), DnsFault.of(word));
    }
  }

  private static List<String> linesOf(Zones zones) {
    var lines = new ArrayList<String>();
    for (var apex : zones.apexes()) {
      if (apex.labels() > 2) {
        lines.add(json(new Line.Zone(apex.toString(true))));
        if (!zones.isSigned(apex)) {
          lines.add(json(new Line.Unset(apex.toString(true), Type.string(Type.DS))));
        }
      }
    }
    for (var set : zones.setsFrom(Name.root)) {
      lines.add(
          json(
              new Line.SetRecords(
                  set.getName().toString(true),
                  Type.string(set.getType()),
                  set.getTTL(),
                  RecordText.values(set))));
    }
    zones
        .faults()
        .forEach(
            (name, fault) -> lines.add(json(new Line.Fault(name.toString(true), fault.word()))));
    return lines;
  }

  private static String json(Line line) {
    try {
      return JSON.writerFor(Line.class).writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized void append(Line line) {
    try {
      out.write(json(line));
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the journal of the DNS cannot be written", e);
    }
  }

  void set(Dns.Entry entry) {
    append(new Line.SetRecords(entry.name(), entry.type(), entry.ttlSeconds(), entry.values()));
  }

  void unset(String name, Optional<String> type) {
    append(new Line.Unset(name, type.orElse(null)));
  }

  void fault(String name, String word) {
    append(new Line.Fault(name, word));
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
