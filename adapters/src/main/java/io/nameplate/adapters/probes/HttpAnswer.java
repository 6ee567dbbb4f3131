package io.nameplate.adapters.probes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The head of an HTTP/1.1 answer, and a body if it was read.
///
/// @param headers by lower-case name; of repeated ones the first
record HttpAnswer(int status, Map<String, String> headers, String body) {
  /// Longer heads are cut off by most servers too.
  private static final int LONGEST_HEAD = 16 * 1024;

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// Reads the head only.
  static HttpAnswer head(InputStream in) throws IOException {
    var lines = lines(in);
    return parse(lines, "");
  }

  /// Reads the head and at most `mostBytes` of the body, until the end of the stream or of the
  /// length it announces. A chunked body stays as it is: what is looked for in it never spans
  /// chunks.
  static HttpAnswer whole(InputStream in, int mostBytes) throws IOException {
    var answer = head(in);
    long length =
        answer
            .header("content-length")
            .filter(text -> text.matches("\\d{1,9}"))
            .map(Long::parseLong)
            .orElse((long) mostBytes);
    byte[] body = in.readNBytes((int) Math.min(length, mostBytes));
    return new HttpAnswer(answer.status, answer.headers, new String(body, StandardCharsets.UTF_8));
  }

  private static String[] lines(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException(head.isEmpty() ? "closed without an answer" : "broken off");
      }
      head.append((char) b);
      int length = head.length();
      if (b == '\n'
          && (head.indexOf("\r\n\r\n", length - 4) >= 0 || head.indexOf("\n\n", length - 2) >= 0)) {
        return head.toString().split("\r?\n", -1);
      }
      if (length > LONGEST_HEAD) {
        throw new ProtocolException("an answer with too long a head");
      }
    }
  }

  private static HttpAnswer parse(String[] lines, String body) throws IOException {
    if (!lines[0].matches("HTTP/1\\.[01] [1-5][0-9][0-9].*")) {
      throw new ProtocolException("an answer that is not HTTP");
    }
    var headers = new HashMap<String, String>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.putIfAbsent(
            lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT),
            // Somebody else's words, stored and shown: without control characters.
            lines[i].substring(colon + 1).strip().replaceAll("\\p{Cntrl}", "\ufffd"));
      }
    }
    return new HttpAnswer(Integer.parseInt(lines[0].substring(9, 12)), headers, body);
  }
}
