package io.nameplate.ui.domains;

import io.nameplate.sdk.Condition;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.ConditionType;
import io.nameplate.sdk.DnsRecord;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.NodeState;
import io.nameplate.sdk.Origin;

/// The API's words as people read them here.
final class Wording {

  private Wording() {}

  static String of(DomainStatus status) {
    return switch (status) {
      case PENDING -> "Pending";
      case VERIFYING -> "Verifying";
      case ISSUING -> "Getting a certificate";
      case DEPLOYING -> "Deploying";
      case ACTIVE -> "Active";
      case DEGRADED -> "Degraded";
      case MOVED -> "Moved away";
      case SUSPENDED -> "Suspended";
      case EXPIRED -> "Expired";
      case REMOVING -> "Being removed";
      case UNRECOGNIZED -> "Unknown";
    };
  }

  /// What is true once the condition is met.
  static String of(ConditionType type) {
    return switch (type) {
      case OWNERSHIP -> "The name is yours";
      case DNS -> "DNS points here";
      case REACH -> "Visitors reach us";
      case CAA -> "Our CA may issue";
      case CERTIFICATE -> "The certificate is good";
      case DEPLOYED -> "Every node has it";
      case SERVING -> "Every node serves it";
      case ORIGIN -> "Your origin answers";
      case UNRECOGNIZED -> "Something newer than this page";
    };
  }

  static String of(ConditionState state) {
    return switch (state) {
      case OK -> "Done";
      case FAILING -> "Needs action";
      case UNKNOWN -> "Could not tell";
      case WAITING -> "Waiting";
      case UNRECOGNIZED -> "Unknown";
    };
  }

  static String of(Condition.Actor actor) {
    return switch (actor) {
      case CUSTOMER -> "The domain's owner acts";
      case INTEGRATOR -> "You act";
      case OPERATOR -> "The operator acts";
      case NOBODY -> "Nobody has to act";
      case UNRECOGNIZED -> "Somebody acts";
    };
  }

  static String of(NodeState state) {
    return switch (state) {
      case JOINING -> "Joining";
      case CURRENT -> "Up to date";
      case BEHIND -> "Behind";
      case SILENT -> "Silent";
      case UNRECOGNIZED -> "Unknown";
    };
  }

  static String of(DnsRecord.Purpose purpose) {
    return switch (purpose) {
      case ROUTING -> "Brings visitors";
      case OWNERSHIP -> "Shows whose it is";
      case UNRECOGNIZED -> "Needed";
    };
  }

  static String of(Origin.HostHeader header) {
    return switch (header) {
      case VISITOR -> "The visitor's host name";
      case ORIGIN -> "The origin's own host name";
      case UNRECOGNIZED -> "Another choice";
    };
  }
}
