package io.nameplate.e2e.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.e2e.kit.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PromiseCheckTest {
  private static final List<String> PAGE =
      List.of(
          "# Promises",
          "| Clause | Promise | Shown by |",
          "| --- | --- | --- |",
          "| §4.1 | a name is served | `HappyPathIT.serves`, `go:table.TestApply` |",
          "| §1.1 | it is formatted | `gate:format` |");

  @TempDir private Path folder;

  @Test
  void readsARowWithItsTests() {
    assertThat(Promise.readAll(PAGE))
        .containsExactly(
            new Promise(
                4, "§4.1", "a name is served", List.of("HappyPathIT.serves", "go:table.TestApply")),
            new Promise(5, "§1.1", "it is formatted", List.of("gate:format")));
  }

  @Test
  void isContentWhenAllTestsPassed() throws IOException {
    assertThat(PromiseCheck.complaints(Promise.readAll(PAGE), resultsWith("<testcase %s/>")))
        .isEmpty();
  }

  @Test
  void namesAPromiseWhoseTestWasSkipped() throws IOException {
    assertThat(
            PromiseCheck.complaints(
                Promise.readAll(PAGE), resultsWith("<testcase %s><skipped/></testcase>")))
        .singleElement()
        .asString()
        .contains("promises.md:4", "HappyPathIT.serves SKIPPED");
  }

  @Test
  void namesAPromiseWhoseTestDidNotRun() throws IOException {
    assertThat(PromiseCheck.complaints(Promise.readAll(PAGE), resultsWith("<!-- %s -->")))
        .singleElement()
        .asString()
        .contains("HappyPathIT.serves DID NOT RUN");
  }

  @Test
  void namesAPromiseWithoutATest() throws IOException {
    var promise = new Promise(9, "§9.9", "it flies", List.of());
    assertThat(PromiseCheck.complaints(List.of(promise), resultsWith("<testcase %s/>")))
        .singleElement()
        .asString()
        .contains("no test named");
  }

  @Test
  void countsAParameterisedTestAsFailedWhenOneCaseFailed() throws IOException {
    var results =
        resultsWith(
            "<testcase %1$s/><testcase classname='io.nameplate.e2e.HappyPathIT'"
                + " name='serves(int)[2]'><failure/></testcase>");
    assertThat(PromiseCheck.complaints(Promise.readAll(PAGE), results)).hasSize(1);
  }

  @Test
  void namesAClauseWithoutARow() {
    var clauses = new Clauses(List.of("# all", "§1.1 format", "§4.1 serving", "§4.2 watching"));
    assertThat(clauses.complaints(Promise.readAll(PAGE)))
        .containsExactly("§4.2 \"watching\" has no row in promises.md");
  }

  @Test
  void namesARowOfNoClause() {
    var clauses = new Clauses(List.of("§4.1 serving"));
    assertThat(clauses.complaints(Promise.readAll(PAGE)))
        .containsExactly("promises.md:5: clause \"§1.1\" is not in the list of all promises");
  }

  @Test
  void thePageHasARowForEveryClause() throws IOException {
    var page = Files.readAllLines(Launcher.checkout().resolve("docs/promises.md"));
    assertThat(new Clauses(PromiseCheck.clauses()).complaints(Promise.readAll(page))).isEmpty();
  }

  @Test
  void theListHasEverySectionOfTheIssue() throws IOException {
    var sections =
        PromiseCheck.clauses().stream()
            .filter(line -> line.startsWith("§"))
            .map(line -> line.replaceFirst("\\..*", ""))
            .distinct();
    assertThat(sections).contains("§2", "§3", "§4", "§5", "§6", "§7", "§8", "§9", "§10", "§11");
  }

  private TestResults resultsWith(String testcase) throws IOException {
    var named =
        testcase.formatted("classname='io.nameplate.e2e.HappyPathIT' name='serves(int)[1]'");
    Files.writeString(folder.resolve("TEST-a.xml"), "<testsuite>" + named + "</testsuite>");
    var go = folder.resolve("go.json");
    Files.writeString(
        go,
        "{\"Time\":\"x\",\"Action\":\"pass\",\"Package\":\"nameplate.io/edge/table\",\"Test\":\"TestApply\",\"Elapsed\":0}\n");
    var gates = folder.resolve("gates");
    Files.writeString(gates, "format\n");
    var results = new TestResults();
    results.addJava(folder);
    results.addGo(go);
    results.addGates(gates);
    return results;
  }
}
