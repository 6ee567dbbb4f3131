package io.nameplate.workflows;

import io.temporal.common.SearchAttributeKey;

/// What operators see in Temporal.
public final class TemporalNames {
  /// One queue: steps that follow each other then start without a trip through the server.
  public static final String TASK_QUEUE = "nameplate";

  /// Batches have workers of their own, so that they never wait behind runs nor runs behind them.
  public static final String MONITOR_QUEUE = "nameplate-monitor";

  /// The team of a run, shown form.
  public static final SearchAttributeKey<String> TEAM =
      SearchAttributeKey.forKeyword("NameplateTeam");

  /// The cluster of a run, shown form.
  public static final SearchAttributeKey<String> CLUSTER =
      SearchAttributeKey.forKeyword("NameplateCluster");

  private TemporalNames() {}
}
