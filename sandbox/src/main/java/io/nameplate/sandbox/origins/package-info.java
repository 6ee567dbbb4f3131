/// Customers' servers, and a proxy of somebody else that stands before an edge.
@NullMarked
package io.nameplate.sandbox.origins;

import org.jspecify.annotations.NullMarked;
