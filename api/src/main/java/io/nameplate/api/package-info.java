/// HTTP in, problem documents out: the public API on Micronaut, and the nodes' listener in `edge`.
@NullMarked
package io.nameplate.api;

import org.jspecify.annotations.NullMarked;
