package io.nameplate.reach;

import java.net.InetAddress;

/// One address and what dialling it came to.
public record Dialled(InetAddress address, DialResult result) {}
