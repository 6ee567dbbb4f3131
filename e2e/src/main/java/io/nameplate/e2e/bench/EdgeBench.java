package io.nameplate.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The edge's own bench program, which makes certificates by the hundred thousand and speaks
/// HTTP/3. Its parts work for ours.
final class EdgeBench {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path program;

  /// The one that `./nameplate bench` built.
  ///
  /// @throws IOException if this process was started otherwise
  EdgeBench() throws IOException {
    var path = System.getProperty("nameplate.edge-bench");
    if (path == null) {
      throw new IOException(
          "nameplate.edge-bench is not set (expected: `./nameplate bench change`)");
    }
    program = Path.of(path);
  }

  /// Runs one of its commands to the end.
  void run(List<String> arguments) throws IOException, InterruptedException {
    var process = start(arguments);
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          "edge-bench %s ended with %d: %s"
              .formatted(arguments.getFirst(), process.exitValue(), said));
    }
  }

  private Process start(List<String> arguments) throws IOException {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// Starts visitors, and returns when each has had its first answer.
  Visitors visitors(List<String> arguments) throws IOException {
    var whole = new ArrayList<>(List.of("visitors"));
    whole.addAll(arguments);
    return new Visitors(start(whole));
  }

  /// Joins two clusters as a node of each, to poll there.
  Feed feed(List<String> arguments) throws IOException {
    var whole = new ArrayList<>(List.of("feed"));
    whole.addAll(arguments);
    return new Feed(start(whole));
  }

  /// A process that polls as it is told.
  static final class Feed implements AutoCloseable {
    private final Process process;
    private final BufferedReader said;

    Feed(Process process) throws IOException {
      this.process = process;
      said = process.inputReader();
      expectReady(process, said);
    }

    /// Measures with so many parked polls of the cluster that changes, and of the idle one.
    JsonNode measure(int active, int idle) throws IOException {
      Progress.say("%d polls parked, and %d of another cluster".formatted(active, idle));
      var asked = JSON.createObjectNode().put("active", active).put("idle", idle) + "\n";
      process.getOutputStream().write(asked.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      var line = said.readLine();
      if (line == null) {
        throw new IOException("the polls ended without a result");
      }
      return JSON.readTree(line);
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.destroy();
    }
  }

  private static void expectReady(Process process, BufferedReader said) throws IOException {
    var first = said.readLine();
    if (!"ready".equals(first)) {
      process.destroy();
      throw new IOException("edge-bench said \"%s\" (expected: ready)".formatted(first));
    }
  }

  /// Visitors under way.
  static final class Visitors implements AutoCloseable {
    private final Process process;
    private final BufferedReader said;

    Visitors(Process process) throws IOException {
      this.process = process;
      said = process.inputReader();
      expectReady(process, said);
    }

    /// Lets them end what is under way, and tells what they saw: by kind, `requests`, `failed`,
    /// `dropped` and `connections`.
    JsonNode end() throws IOException {
      process.getOutputStream().close();
      var line = said.readLine();
      if (line == null) {
        throw new IOException("the visitors ended without saying what they saw");
      }
      return JSON.readTree(line);
    }

    /// However the bench ended, they do too.
    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.destroy();
    }
  }
}
