package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorImports;
import io.nameplate.adapters.postgres.OperatorImports.Brought;
import io.nameplate.adapters.postgres.OperatorImports.Outcome;
import io.nameplate.app.ImportFile.Line;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Reads an import and writes it batch by batch: while one is written, the next is read and its
/// keys are sealed. Memory holds two batches, however long the file is.
///
/// @param lookWithin over how long the first looks are spread
/// @param bad told of each line that is not imported, with its number
record DomainImport(
    ImportFile file,
    OperatorImports record,
    Duration lookWithin,
    Clock clock,
    Consumer<String> bad) {

  /// What it came to.
  ///
  /// @param there lines that were imported before
  record Result(int imported, int there, int refused) {
    private Result plus(Result more) {
      return new Result(imported + more.imported, there + more.there, refused + more.refused);
    }
  }

  private record Numbered(int number, String text) {}

  /// Imports all lines; `told` hears what was done so far after each batch.
  Result run(BufferedReader lines, Consumer<Result> told) throws IOException, InterruptedException {
    var sum = new Result(0, 0, 0);
    var reader = new Lines(lines);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var next = sealed(threads, reader.batch());
      while (!next.isEmpty()) {
        var ready = new ArrayList<Line>();
        for (var line : next) {
          ready.add(result(line));
        }
        next = sealed(threads, reader.batch());
        sum = sum.plus(write(ready));
        told.accept(sum);
      }
    }
    return sum;
  }

  private List<Future<Line>> sealed(ExecutorService threads, List<Numbered> batch) {
    var now = clock.instant();
    return batch.stream()
        .map(line ->
            threads.submit((Callable<Line>) () -> file.read(line.number(), line.text(), now)))
        .toList();
  }

  private static Line result(Future<Line> line) throws InterruptedException {
    try {
      return line.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a line could not be read", e.getCause());
    }
  }

  private Result write(List<Line> lines) {
    var good = new ArrayList<Brought>();
    int refused = 0;
    for (var line : lines) {
      switch (line) {
        case Line.Good(var brought) -> good.add(brought);
        case Line.Bad(var number, var why) -> {
          refused++;
          bad.accept("line %d: %s".formatted(number, why));
        }
      }
    }
    var outcomes = record.write(file.cluster(), good, lookWithin);
    int imported = 0;
    int there = 0;
    for (var brought : good) {
      switch (outcomes.getOrDefault(brought.number(), Outcome.OTHER)) {
        case IMPORTED -> imported++;
        case THERE -> there++;
        case OTHER, HELD, CLUSTER -> {
          refused++;
          bad.accept(refusal(brought, outcomes.getOrDefault(brought.number(), Outcome.OTHER)));
        }
      }
    }
    return new Result(imported, there, refused);
  }

  private static String refusal(Brought brought, Outcome why) {
    var name = brought.domain().name().ascii();
    return switch (why) {
      case HELD -> "line %d: another team holds %s.".formatted(brought.number(), name);
      case CLUSTER ->
          "line %d: the cluster is another team's own; %s is not for it."
              .formatted(brought.number(), name);
      case OTHER, IMPORTED, THERE ->
          "line %d: the team has a domain %s already, which is not served or has another origin; it stays as it is."
              .formatted(brought.number(), name);
    };
  }

  /// Batches of lines that hold something.
  private static final class Lines {
    private final BufferedReader lines;
    private int number;

    Lines(BufferedReader lines) {
      this.lines = lines;
    }

    List<Numbered> batch() throws IOException {
      var batch = new ArrayList<Numbered>();
      while (batch.size() < OperatorImports.MOST) {
        var text = lines.readLine();
        if (text == null) {
          break;
        }
        number++;
        if (!text.isBlank()) {
          batch.add(new Numbered(number, text));
        }
      }
      return batch;
    }
  }
}
