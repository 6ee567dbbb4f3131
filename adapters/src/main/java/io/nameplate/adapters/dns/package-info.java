/// Looking at DNS, on dnsjava's messages: the zones' own servers are asked, zone by zone from the
/// root, or, where a network asks for it, configured resolvers only.
@NullMarked
package io.nameplate.adapters.dns;

import org.jspecify.annotations.NullMarked;
