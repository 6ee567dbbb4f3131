package io.nameplate.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's program, compiled for the oldest Java it promises and run as a process of its own.
class ReadmeTest {

  @Test
  void theProgramInItCompilesAndRuns(@TempDir Path folder) throws Exception {
    compile(folder);
    try (var api = new ScriptedApi()) {
      api.then(201, Answers.domain("dom_1", "shop.acme.com", "pending"))
          .then(200, Answers.domain("dom_1", "shop.acme.com", "verifying"))
          .then(200, Answers.domain("dom_1", "shop.acme.com", "active"));
      var output = run(folder, api, "shop.acme.com", "https://origin.example.net");
      assertThat(output)
          .containsSubsequence(
              "Please set these records:",
              "shop.acme.com CNAME abc.edge.example",
              "shop.acme.com is verifying",
              "  There is no such name: shop.acme.com.",
              "shop.acme.com is active",
              "https://shop.acme.com/ answers on every node.");
    }
  }

  private static void compile(Path folder) throws Exception {
    var block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    var program = block.matcher(Files.readString(Path.of("README.md")));
    assertThat(program.find()).isTrue();
    var source = Files.writeString(folder.resolve("AddDomain.java"), program.group(1));
    var result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(result).isZero();
  }

  private static List<String> run(Path folder, ScriptedApi api, String... arguments)
      throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classPath = folder + ":" + System.getProperty("java.class.path");
    var builder = new ProcessBuilder(java, "-cp", classPath, "AddDomain");
    builder.command().addAll(List.of(arguments));
    builder.environment().put("NAMEPLATE_API_URL", api.url());
    builder.environment().put("NAMEPLATE_API_KEY", "np_live_secret");
    var process = builder.redirectErrorStream(true).start();
    try (var output = process.inputReader()) {
      var lines = output.lines().toList();
      assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
      return lines;
    }
  }
}
