package io.nameplate.sandbox.launcher;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Unmatched;

/// A node on this machine that belongs to a control plane somewhere else. It has nothing to do with
/// the copies that `up` runs, and `reset` does not touch it.
@Command(
    name = "edge",
    description = "An edge node on this machine, of a cluster whose control plane is elsewhere.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {EdgeCommand.Join.class, EdgeCommand.Stop.class})
final class EdgeCommand {
  @ParentCommand private Launcher launcher;

  private EdgeNode node(Which which) {
    return new EdgeNode(
        which.home(launcher.workspace()), launcher.workspace(), launcher.progress());
  }

  /// Which node of this machine.
  static final class Which {
    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "What people call the node (default: this machine's name).")
    private @Nullable String name;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Its state and keys (default: .nameplate/nodes/NAME).")
    private @Nullable Path data;

    EdgeHome home(Workspace workspace) {
      return EdgeHome.of(workspace, Optional.ofNullable(name), Optional.ofNullable(data));
    }
  }

  @Command(
      name = "join",
      description = {
        "Makes this machine a node of a cluster, and runs it. A token, which works once and for an"
            + " hour, is needed only the first time: POST /v1/clusters/ID/join-tokens or `clusters"
            + " join-token NAME` make one.",
        "Without --background it stays and watches; Ctrl-C then drains the node and stops it. Run"
            + " once more, with no options, it starts a node that was stopped, and one that runs an"
            + " older build hands over to the new one.",
        "Options of `nameplate-edge run` (docs/configuration.md), such as --resolver or"
            + " --proxy-from, may be given too. --port-offset changes nothing here."
      })
  static final class Join implements Callable<Integer> {
    @ParentCommand private EdgeCommand parent;

    @Mixin private Which which = new Which();

    @Option(
        names = "--control",
        paramLabel = "URL",
        description = "The control plane's edge listener, https://HOST:PORT; needed to join.")
    private @Nullable String control;

    @Option(
        names = "--token-file",
        paramLabel = "FILE",
        defaultValue = "-",
        description =
            "Where the token is; - reads it from the input, which is the default. It is never an"
                + " argument: everybody on a machine can see those.")
    private String tokenFile;

    @Option(
        names = "--address",
        paramLabel = "IP",
        description =
            "Address of this machine where visitors and the control plane reach the node (default:"
                + " the one from which this machine reaches the control plane).")
    private @Nullable String address;

    @Option(
        names = "--https-port",
        paramLabel = "PORT",
        description = "For HTTPS and HTTP/3 (default: 443).")
    private @Nullable Integer httpsPort;

    @Option(names = "--http-port", paramLabel = "PORT", description = "For HTTP (default: 80).")
    private @Nullable Integer httpPort;

    @Option(
        names = "--admin-address",
        paramLabel = "HOST:PORT",
        description = "Health and metrics; keep it on loopback (default: 127.0.0.1:9900).")
    private @Nullable String adminAddress;

    @Option(
        names = "--origin-ca",
        paramLabel = "FILE",
        description = "PEM file of CAs that are trusted for origins beside the system's.")
    private @Nullable Path originCa;

    @Option(names = "--background", description = "Return when the node is ready.")
    private boolean background;

    @Unmatched private List<String> edgeOptions = new ArrayList<>();

    @Override
    public Integer call() {
      var node = parent.node(which);
      String board = node.join(given(), tokenFile);
      System.out.print(board);
      System.out.flush();
      return background ? 0 : node.watch();
    }

    private EdgeNode.Given given() {
      var options = new ArrayList<>(edgeOptions);
      if (originCa != null) {
        options.addAll(List.of("--origin-ca", originCa.toAbsolutePath().toString()));
      }
      return new EdgeNode.Given(
          Optional.ofNullable(control).map(Join::url),
          Optional.ofNullable(address),
          Optional.ofNullable(httpsPort),
          Optional.ofNullable(httpPort),
          Optional.ofNullable(adminAddress),
          options);
    }

    private static String url(String typed) {
      try {
        URI url = URI.create(typed);
        if (url.getHost() != null && "https".equals(lower(url.getScheme()))) {
          return typed;
        }
      } catch (IllegalArgumentException _) {
        // told below, like everything else that is none
      }
      throw new Refusal("--control: \"%s\" (expected: https://HOST:PORT)".formatted(typed));
    }

    private static String lower(@Nullable String text) {
      return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }
  }

  @Command(
      name = "stop",
      description =
          "Drains the node and stops it: /readyz says no first, then requests and WebSockets"
              + " finish. Its data is kept.")
  static final class Stop implements Callable<Integer> {
    @ParentCommand private EdgeCommand parent;

    @Mixin private Which which = new Which();

    @Override
    public Integer call() {
      parent.node(which).stop();
      return 0;
    }
  }
}
