/// The record: where what is wanted, what was observed and the history are kept.
@NullMarked
package io.nameplate.record;

import org.jspecify.annotations.NullMarked;
