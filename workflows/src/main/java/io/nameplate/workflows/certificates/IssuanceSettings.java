package io.nameplate.workflows.certificates;

import java.time.Duration;
import java.util.Optional;

/// What an operator may choose about certificates.
///
/// @param profile asked for when the CA offers it (`NAMEPLATE_ACME_PROFILE`); empty: the CA's
///   choice
/// @param renewalInfoEvery how often renewal windows are looked at, whatever the CA says
///   (`NAMEPLATE_ACME_RENEWAL_INFO_EVERY`); for sandboxes; empty: when the CA says, else by share
///   of life
public record IssuanceSettings(Optional<String> profile, Optional<Duration> renewalInfoEvery) {}
