package io.nameplate.serving;

import io.nameplate.clusters.NodeId;
import java.net.InetSocketAddress;

/// A registered node and where it is dialled.
///
/// @param name the node's name as shown to people
public record NodeAddress(NodeId id, String name, InetSocketAddress https) {}
