package io.nameplate.e2e.promises;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One row of `docs/promises.md`: what is promised, and the tests that show it.
///
/// @param line where it stands in the file, from 1
/// @param clause of the list of all promises, such as `§4.3`
/// @param text the promise in words
/// @param tests how they are named there: `ClassName.method` (Java), `go:package.TestName` (Go),
///   `gate:name` (a check that is no test)
record Promise(int line, String clause, String text, List<String> tests) {
  private static final Pattern REFERENCE = Pattern.compile("`([^`]+)`");

  /// Reads all rows of all tables. A header, a rule and a row with fewer than three cells are none.
  static List<Promise> readAll(List<String> lines) {
    var promises = new ArrayList<Promise>();
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i).strip();
      if (!line.startsWith("|") || line.matches("[|\\s:-]+") || isHeader(lines, i)) {
        continue;
      }
      var cells = line.substring(1, line.length() - 1).split("(?<!\\\\)\\|", -1);
      if (cells.length < 3) {
        continue;
      }
      var tests =
          REFERENCE.matcher(cells[cells.length - 1]).results().map(m -> m.group(1)).toList();
      promises.add(new Promise(i + 1, cells[0].strip(), cells[1].strip(), tests));
    }
    return List.copyOf(promises);
  }

  private static boolean isHeader(List<String> lines, int i) {
    return i + 1 < lines.size() && lines.get(i + 1).strip().matches("\\|[|\\s:-]+\\|");
  }
}
