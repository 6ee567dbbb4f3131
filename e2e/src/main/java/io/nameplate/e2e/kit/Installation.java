package io.nameplate.e2e.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nameplate.sdk.Nameplate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// A running copy of the whole system, seen from outside.
public final class Installation implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Launcher launcher;
  private final Places places;
  private final Sandbox sandbox;
  private final StepFaults faults;
  private final boolean ours;

  private Installation(Launcher launcher, boolean ours) {
    this.launcher = launcher;
    this.ours = ours;
    this.places = read(launcher.run("env", "--json"));
    this.sandbox = new Sandbox(places.sandboxUrl());
    this.faults = new StepFaults(launcher.data());
  }

  /// The copy that `./nameplate test` started for scenarios that harm nobody; its port offset is
  /// the system property `e2e.port-offset`.
  public static Installation shared() {
    return running(Integer.getInteger("e2e.port-offset", 0));
  }

  /// A copy that somebody else started and will stop.
  public static Installation running(int portOffset) {
    return new Installation(new Launcher(Launcher.checkout(), portOffset, Map.of()), false);
  }

  /// A fresh copy for one class of tests, gone with its data when closed.
  ///
  /// @param number from 0, another one for each class: copies run side by side at the port offsets
  ///   from the system property `e2e.long-offset` on, 100 apart
  public static Installation ofItsOwn(int number) {
    return ofItsOwn(number, Map.of());
  }

  /// The same with other settings.
  ///
  /// @param settings `NAMEPLATE_…` keys with values; they hold for parts started later too
  public static Installation ofItsOwn(int number, Map<String, String> settings) {
    return fresh(Integer.getInteger("e2e.long-offset", 1100) + 100 * number, settings);
  }

  /// A fresh copy of one's own, gone with its data when closed.
  public static Installation fresh(int portOffset) {
    return fresh(portOffset, Map.of());
  }

  /// A fresh copy of one's own with other settings. What a test left behind at these ports is
  /// deleted; a copy that is somebody's is not, and the call fails.
  ///
  /// @param settings `NAMEPLATE_…` keys with values; they hold for parts started later too
  public static Installation fresh(int portOffset, Map<String, String> settings) {
    var launcher = new Launcher(Launcher.checkout(), portOffset, settings);
    launcher.run("reset", "--disposable");
    launcher.run("up", "--background", "--disposable");
    return new Installation(launcher, true);
  }

  /// Where everything is.
  public Places places() {
    return places;
  }

  /// Its command.
  public Launcher launcher() {
    return launcher;
  }

  /// Its pretend internet.
  public Sandbox sandbox() {
    return sandbox;
  }

  /// Faults at its worker's steps.
  public StepFaults stepFaults() {
    return faults;
  }

  /// The names of all steps of the life cycle.
  public List<String> steps() {
    return launcher.run("steps").lines().toList();
  }

  /// What an edge says of itself on its readiness page.
  ///
  /// @param edge its place in the list, from 0
  public JsonNode readiness(int edge) throws IOException {
    var https = places.edges().get(edge).https();
    var colon = https.lastIndexOf(':');
    // docs/sandbox.md: the admin port is three above the one for HTTPS.
    var port = Integer.parseInt(https.substring(colon + 1)) + 3;
    var page = URI.create("http://" + https.substring(0, colon) + ":" + port + "/readyz");
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
      return JSON.readTree(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + page, e);
    }
  }

  /// A client of the first team; every answer is held against `openapi.yaml`.
  public Nameplate nameplate() {
    return client(places.apiKey());
  }

  /// A client of a new team.
  public Nameplate newTeam() {
    var name = "team-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    return client(launcher.run("teams", "add", name));
  }

  /// A client with a key.
  public Nameplate client(String key) {
    return Nameplate.builder()
        .url(places.apiUrl().toString())
        .apiKey(key)
        .application("nameplate-e2e")
        .onExchange(Contract.OF_THE_API::check)
        .build();
  }

  /// A visitor of the edge with this place in the list, from 0.
  public Visitor visitor(int edge) {
    return new Visitor(places.edges().get(edge), places.caRoot());
  }

  /// A visitor of a node that is not the copy's own.
  public Visitor visitor(Places.Edge edge) {
    return new Visitor(edge, places.caRoot());
  }

  /// A registrable domain that nobody used before, such as `t3k9x2.com`.
  public static String freshName() {
    var random = Long.toString(ThreadLocalRandom.current().nextLong() >>> 16, 36);
    return "t" + random + ".com";
  }

  @Override
  public void close() {
    if (ours) {
      launcher.run("reset", "--disposable");
    }
  }

  private static Places read(String json) {
    try {
      return JSON.readValue(json, Places.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("env --json printed something else: " + json, e);
    }
  }
}
