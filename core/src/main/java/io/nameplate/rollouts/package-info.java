/// What comes to one node of a cluster before it comes to all: policies and new builds. Here is
/// decided when such a change goes on, and when it is taken back; `docs/decisions/0016-*.md` says
/// why so.
@NullMarked
package io.nameplate.rollouts;

import org.jspecify.annotations.NullMarked;
