package io.nameplate.workflows.monitoring;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/// What a monitor shard calls.
@ActivityInterface(namePrefix = "Monitor")
public interface MonitorSteps {
  /// Looks at domains as they become due, for a while: one activity for as many looks as there are.
  /// Writes what it finds, and asks for a run where one is needed. Done twice, it looks twice; each
  /// domain is due for one looker at a time.
  @ActivityMethod
  Walked walk(Walk request);

  /// A walk.
  ///
  /// @param seconds how long to go on
  record Walk(int shard, int seconds) {}

  /// What a walk came to.
  ///
  /// @param looks domains looked at
  /// @param woken of them asked to run
  /// @param failed looks that came to nothing; these domains are due again soon
  record Walked(long looks, long woken, long failed) {}
}
