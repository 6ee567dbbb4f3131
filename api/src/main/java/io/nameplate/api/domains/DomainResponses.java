package io.nameplate.api.domains;

import io.nameplate.api.contract.model.Certificate;
import io.nameplate.api.contract.model.Condition;
import io.nameplate.api.contract.model.ConditionState;
import io.nameplate.api.contract.model.ConditionType;
import io.nameplate.api.contract.model.ConditionWho;
import io.nameplate.api.contract.model.DnsRecord;
import io.nameplate.api.contract.model.DnsRecordPurpose;
import io.nameplate.api.contract.model.DnsRecordType;
import io.nameplate.api.contract.model.Domain;
import io.nameplate.api.contract.model.DomainNode;
import io.nameplate.api.contract.model.DomainNodeState;
import io.nameplate.api.contract.model.DomainStatus;
import io.nameplate.api.contract.model.Evidence;
import io.nameplate.api.contract.model.Fix;
import io.nameplate.api.contract.model.FixAction;
import io.nameplate.api.contract.model.HostHeader;
import io.nameplate.api.contract.model.Origin;
import io.nameplate.api.contract.model.TransferState;
import io.nameplate.certificates.CertificateFacts;
import io.nameplate.domains.DomainView;
import io.nameplate.domains.Reason;
import io.nameplate.domains.ServedBy;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Domains as they are sent.
final class DomainResponses {
  private DomainResponses() {}

  static Domain of(DomainView view) {
    var domain = view.domain();
    var response =
        new Domain(
            domain.id().toString(),
            domain.team().toString(),
            domain.hostname().ascii(),
            domain.hostnameUnicode(),
            DomainStatus.fromValue(domain.status().word()),
            new Origin(
                domain.origin().url(), HostHeader.fromValue(domain.origin().hostHeader().word())),
            domain.cluster().toString(),
            domain.claim().holder(),
            TransferState.fromValue(view.transfer().name().toLowerCase(Locale.ROOT)),
            conditions(view),
            view.records().stream().map(DomainResponses::of).toList(),
            view.nodes().stream().map(DomainResponses::of).toList(),
            time(domain.createdAt()),
            time(domain.updatedAt()));
    view.certificate().ifPresent(certificate -> response.certificate(of(certificate)));
    return response;
  }

  /// All of them in their order, also those that were never looked at.
  private static List<Condition> conditions(DomainView view) {
    return Arrays.stream(io.nameplate.domains.ConditionType.values())
        .map(type -> {
          var known = view.conditions().get(type);
          return known == null ? notLookedAt(type, view.domain().createdAt()) : of(known);
        })
        .toList();
  }

  private static Condition notLookedAt(io.nameplate.domains.ConditionType type, Instant since) {
    return new Condition(
        ConditionType.fromValue(type.word()),
        ConditionState.WAITING,
        Reason.NOT_CHECKED_YET.code(),
        "Not looked at yet.",
        List.of(),
        ConditionWho.NOBODY,
        time(since));
  }

  private static Condition of(io.nameplate.domains.Condition condition) {
    var response =
        new Condition(
                ConditionType.fromValue(condition.type().word()),
                ConditionState.fromValue(condition.state().word()),
                condition.reason().code(),
                condition.message(),
                condition.evidence().stream().map(DomainResponses::of).toList(),
                ConditionWho.fromValue(condition.who().word()),
                time(condition.since()))
            .checkedAt(time(condition.checkedAt()));
    condition.fix().ifPresent(fix -> response.fix(of(fix)));
    condition.nextCheckAt().ifPresent(next -> response.nextCheckAt(time(next)));
    return response;
  }

  private static Evidence of(io.nameplate.domains.Evidence evidence) {
    return new Evidence(
        evidence.source(), evidence.question(), evidence.answer(), time(evidence.at()));
  }

  private static Fix of(io.nameplate.domains.Fix fix) {
    var response = new Fix(FixAction.fromValue(fix.action().word()), fix.text());
    if (fix.recordType() != null) {
      response.recordType(fix.recordType());
    }
    if (fix.fqdn() != null) {
      response.fqdn(fix.fqdn());
    }
    if (fix.value() != null) {
      response.value(fix.value());
    }
    return response;
  }

  private static DnsRecord of(io.nameplate.domains.DnsRecord record) {
    return new DnsRecord(
        DnsRecordType.fromValue(record.type().name()),
        record.name(),
        record.fqdn(),
        record.value(),
        DnsRecordPurpose.fromValue(record.purpose().name().toLowerCase(Locale.ROOT)),
        record.required(),
        record.seen());
  }

  private static DomainNode of(ServedBy served) {
    var response =
        new DomainNode(
            served.node().id().toString(),
            served.node().name(),
            switch (served.state()) {
              case CURRENT -> DomainNodeState.CURRENT;
              case BEHIND -> DomainNodeState.BEHIND;
              case SILENT, JOINING -> DomainNodeState.SILENT;
            });
    served.provedAt().ifPresent(proved -> response.provedAt(time(proved)));
    return response;
  }

  private static Certificate of(CertificateFacts facts) {
    return new Certificate(
            facts.id().toString(),
            facts.issuer(),
            facts.serial(),
            time(facts.notBefore()),
            time(facts.notAfter()),
            facts.sha256())
        .renewFrom(time(facts.renewFrom()));
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
