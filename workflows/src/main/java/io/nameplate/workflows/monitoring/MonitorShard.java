package io.nameplate.workflows.monitoring;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/// A part of the monitor. Shards take due domains from the record as they come, so none has to be
/// made up for when it is missing: the others take its part.
@WorkflowInterface
public interface MonitorShard {
  /// Runs without end; begins a new history from time to time.
  @WorkflowMethod(name = "MonitorShard")
  void watch(Watch watch);

  /// The id of a shard's workflow, as operators see it.
  static String workflowId(int shard) {
    return "monitor/" + shard;
  }

  /// Which part.
  ///
  /// @param shard from 0
  record Watch(int shard) {}
}
