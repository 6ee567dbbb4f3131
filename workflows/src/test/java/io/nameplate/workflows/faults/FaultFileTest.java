package io.nameplate.workflows.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.workflows.faults.PlannedFault.Kind;
import io.nameplate.workflows.faults.PlannedFault.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FaultFileTest {
  private static final String RUN = "domain/dom_1";

  @TempDir private Path folder;

  private FaultFile planned(String... lines) throws IOException {
    Files.writeString(file(), String.join("\n", lines) + "\n");
    return new FaultFile(file());
  }

  private Path file() {
    return folder.resolve("faults");
  }

  @Test
  void strikesOnce() throws IOException {
    var faults = planned("DomainDeploy:after:lose-reply", "DomainProve:before:kill");

    assertThat(faults.take("DomainDeploy", Moment.BEFORE, RUN)).isEmpty();
    assertThat(faults.take("DomainDeploy", Moment.AFTER, RUN))
        .contains(new PlannedFault("DomainDeploy", Moment.AFTER, Kind.LOSE_REPLY, ""));
    assertThat(faults.take("DomainDeploy", Moment.AFTER, RUN)).isEmpty();
    assertThat(Files.readAllLines(file())).containsExactly("DomainProve:before:kill");
  }

  @Test
  void leavesOtherDomainsAlone() throws IOException {
    var faults = planned("DomainProve:before:kill:dom_1");

    assertThat(faults.take("DomainProve", Moment.BEFORE, "domain/dom_2")).isEmpty();
    assertThat(faults.take("DomainProve", Moment.BEFORE, "domain/dom_11")).isEmpty();
    assertThat(faults.take("DomainProve", Moment.BEFORE, RUN)).isPresent();
  }

  @Test
  void holdsUntilSomebodyElseTakesTheLineOut() throws IOException {
    var faults = planned("DomainLook:before:hold:dom_1");

    var hold = faults.take("DomainLook", Moment.BEFORE, RUN).orElseThrow();
    assertThat(faults.take("DomainLook", Moment.BEFORE, RUN)).contains(hold);
    assertThat(faults.plans(hold)).isTrue();

    Files.writeString(file(), "");
    assertThat(faults.plans(hold)).isFalse();
  }

  @Test
  void writesDownWhatStruck() throws IOException {
    var faults = planned("DomainLook:before:hold:dom_1", "DomainLook:after:lose-reply");

    var _ = faults.take("DomainLook", Moment.BEFORE, RUN);
    var _ = faults.take("DomainLook", Moment.AFTER, RUN);

    assertThat(Files.readAllLines(folder.resolve("faults.met")))
        .containsExactly("DomainLook:before:hold:dom_1", "DomainLook:after:lose-reply");
  }

  @Test
  void readsWhatIsAppendedMeanwhileAndNoOtherLine() throws IOException {
    var faults = planned("not a fault");
    assertThat(faults.take("DomainLook", Moment.BEFORE, RUN)).isEmpty();

    Files.writeString(file(), "DomainLook:before:kill\n", StandardOpenOption.APPEND);

    assertThat(faults.take("DomainLook", Moment.BEFORE, RUN)).isPresent();
    assertThat(Files.readAllLines(file())).containsExactly("not a fault");
  }

  @Test
  void knowsOfNoneWithoutAFile() {
    assertThat(new FaultFile(file()).take("DomainLook", Moment.BEFORE, RUN)).isEmpty();
  }
}
