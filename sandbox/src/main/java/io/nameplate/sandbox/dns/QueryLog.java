package io.nameplate.sandbox.dns;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.Name;

/// How often which server was asked what, so that a test can prove that nothing was. Safe for
/// concurrent use.
public final class QueryLog {
  /// The questions not asked for longest are forgotten beyond that; about 50 MB.
  private static final int MAX_QUESTIONS = 300_000;

  /// How the question came.
  public enum Transport {
    UDP,
    TCP
  }

  /// A question to a server.
  public record Question(Name server, Name name, int type, Transport transport) {}

  /// A question and how often it was asked.
  public record Counted(Question question, long count) {}

  private final Map<Question, Long> counts = new LinkedHashMap<>(1_024, 0.75f, true);

  synchronized void count(Name server, Name name, int type, Transport transport) {
    counts.merge(new Question(server, name, type, transport), 1L, Long::sum);
    if (counts.size() > MAX_QUESTIONS) {
      counts.remove(counts.keySet().iterator().next());
    }
  }

  /// All questions for that name and names below it since the last [#clear()].
  public synchronized List<Counted> below(Name name) {
    return counts.entrySet().stream()
        .filter(each -> each.getKey().name().subdomain(name))
        .map(each -> new Counted(each.getKey(), each.getValue()))
        .toList();
  }

  public synchronized void clear() {
    counts.clear();
  }
}
