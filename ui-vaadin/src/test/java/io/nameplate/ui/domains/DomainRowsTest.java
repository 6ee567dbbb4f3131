package io.nameplate.ui.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.vaadin.flow.data.provider.DataChangeEvent;
import com.vaadin.flow.data.provider.Query;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainFilter;
import io.nameplate.sdk.Nameplate;
import io.nameplate.sdk.ProblemException;
import io.nameplate.ui.ScriptedApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DomainRowsTest {

  private ScriptedApi api;
  private DomainRows rows;
  private final List<String> updates = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    api = new ScriptedApi();
    var nameplate =
        Nameplate.builder().url(api.url()).apiKey(ScriptedApi.KEY).maxRetries(0).build();
    rows = new DomainRows(nameplate.domains());
    rows.addDataProviderListener(event ->
        updates.add(
            event instanceof DataChangeEvent.DataRefreshEvent<Domain> one
                ? one.getItem().hostname()
                : "all"));
    IntStream.range(0, 120).forEach(number -> api.add(name(number), "https://origin.example.net"));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private static String name(int number) {
    return "shop%03d.acme.com".formatted(number);
  }

  private List<String> shown(int offset, int limit) {
    return rows.fetch(new Query<>(offset, limit, List.of(), null, null))
        .map(Domain::hostname)
        .toList();
  }

  @Test
  void showsAnyStretchOfTheList() {
    assertThat(shown(45, 10)).startsWith(name(45)).endsWith(name(54)).hasSize(10);
    assertThat(shown(100, 50)).startsWith(name(100)).endsWith(name(119)).hasSize(20);
    assertThat(shown(150, 50)).isEmpty();
  }

  @Test
  void updatesNothingWhileNothingChanges() {
    shown(0, 150);
    assertThat(rows.now()).isEmpty();
  }

  @Test
  void updatesTheOneRowThatChanged() {
    shown(0, 150);
    api.change("dom_00061", domain -> domain.put("status", "active"));
    rows.now().orElseThrow().execute();
    assertThat(updates).containsExactly(name(60));
    assertThat(rows.now()).isEmpty();
  }

  @Test
  void losesNoRowAndShowsNoneTwiceWhenOneIsAddedInTheMiddle() {
    shown(0, 150);
    api.add("shop010b.acme.com", "https://origin.example.net");
    rows.now().orElseThrow().execute();
    assertThat(updates).containsExactly("all");
    assertThat(shown(0, 150)).hasSize(121).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void losesNoRowWhenOneIsRemoved() {
    shown(0, 150);
    api.remove("dom_00001");
    api.remove("dom_00120");
    rows.now().orElseThrow().execute();
    assertThat(shown(0, 150)).startsWith(name(1)).endsWith(name(118)).hasSize(118);
  }

  @Test
  void findsWhatWasAddedAtTheEnd() {
    shown(0, 150);
    IntStream.range(120, 160)
        .forEach(number -> api.add(name(number), "https://origin.example.net"));
    rows.now().orElseThrow().execute();
    assertThat(shown(0, 200)).hasSize(160).endsWith(name(159));
  }

  @Test
  void looksOnlyAtThePagesShownLast() {
    IntStream.range(120, 400)
        .forEach(number -> api.add(name(number), "https://origin.example.net"));
    IntStream.range(0, 8).forEach(page -> shown(page * 50, 50));
    api.change("dom_00001", domain -> domain.put("status", "active"));
    assertThat(rows.now()).isEmpty();
    api.change("dom_00400", domain -> domain.put("status", "active"));
    assertThat(rows.now()).isPresent();
  }

  @Test
  void forgetsAChangeOfAListThatIsNotShownAnyMore() {
    shown(0, 150);
    api.change("dom_00061", domain -> domain.put("status", "active"));
    var late = rows.now().orElseThrow();
    rows.filter(DomainFilter.all().withPrefix("shop11"));
    updates.clear();
    late.execute();
    assertThat(updates).isEmpty();
    assertThat(shown(0, 50)).hasSize(10);
  }

  @Test
  void showsNothingWhileTheApiIsDownAndEverythingAfterwards() {
    api.down(true);
    assertThat(shown(0, 50)).isEmpty();
    assertThatThrownBy(rows::now).isInstanceOf(ProblemException.Unavailable.class);
    api.down(false);
    rows.now().orElseThrow().execute();
    assertThat(shown(0, 50)).hasSize(50);
  }
}
