package io.nameplate.e2e.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.e2e.kit.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program in the client's README, as a process of its own against a running installation.
final class ReadmeProgramIT {

  private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private final Installation here = Installation.shared();

  @Test
  void bringsADomainToHttps(@TempDir Path folder) throws Exception {
    compile(folder);
    var name = "shop." + Installation.freshName();
    var said = run(folder, name, here.places().origin("plain"));
    assertThat(said)
        .startsWith("Please set these records:")
        .endsWith("https://" + name + "/ answers on every node.");
  }

  @Test
  void saysWhyAHostnameIsRefused(@TempDir Path folder) throws Exception {
    compile(folder);
    assertThat(run(folder, "co.uk", here.places().origin("plain")))
        .singleElement()
        .asString()
        .startsWith("/hostname: ");
  }

  private static void compile(Path folder) throws IOException {
    var program = PROGRAM.matcher(Files.readString(Path.of("../sdk-java/README.md")));
    assertThat(program.find()).isTrue();
    var source = Files.writeString(folder.resolve("AddDomain.java"), program.group(1));
    var result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(result).isZero();
  }

  /// Runs it, and sets the records as soon as it has named them all.
  private List<String> run(Path folder, String hostname, String origin) throws Exception {
    var classPath = folder + ":" + System.getProperty("java.class.path");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder = new ProcessBuilder(java, "-cp", classPath, "AddDomain", hostname, origin);
    builder.environment().put("NAMEPLATE_API_URL", here.places().apiUrl().toString());
    builder.environment().put("NAMEPLATE_API_KEY", here.places().apiKey());
    var process = builder.redirectErrorStream(true).start();
    var said = new ArrayList<String>();
    try (var lines = process.inputReader()) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        var words = line.split(" ", 3);
        if (words.length == 3 && (words[1].equals("CNAME") || words[1].equals("TXT"))) {
          here.sandbox().set(words[0], words[1], words[2]);
        }
      }
    }
    assertThat(process.waitFor()).as(String.join("\n", said)).isZero();
    return said;
  }
}
