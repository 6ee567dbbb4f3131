package io.nameplate.record;

/// Whether the record can be asked.
public interface RecordHealth {
  /// True when it answered just now.
  boolean answers();
}
